/** A row's result as one picture. */
import type { Comparison } from "./comparison.ts";
import { sayMachine } from "./machine.ts";
import type { Growth } from "./measured.ts";
import { type Panel, page, words } from "./panel.ts";
import { growthPanel } from "./plot-growth.ts";
import { ratioPanel } from "./plot-ratios.ts";
import type { Result } from "./result.ts";

const WIDTH = 820;

const heading = (title: string): Panel => ({ height: 44, content: words(24, 30, title, { class: "title" }) });

const foot = ({ date, runtime, machine }: Result): Panel => {
  // The JSON has the instruction sets; a line has no space for them.
  const where = sayMachine({ ...machine, instructions: [] });
  return { height: 34, content: words(24, 14, `${date}, runtime ${runtime}; ${where}`, { class: "faint" }) };
};

/** An SVG document. */
export const plot = (result: Result): string => {
  const comparisons = result.measured.filter((part): part is Comparison => part.kind === "comparison");
  const growths = result.measured.filter((part): part is Growth => part.kind === "growth");
  return page(WIDTH, [
    heading(result.title),
    ...(comparisons.length === 0 ? [] : [ratioPanel(comparisons, WIDTH)]),
    ...growths.map((growth) => growthPanel(growth, WIDTH)),
    foot(result),
  ]);
};
