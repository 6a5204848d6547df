/** Panels of a plot, and the page that they make, in colours that suit light and dark pages. */
import { type Attributes, element, svgDocument, textElement } from "@tadsr/core/svg";

/** A part of a plot, which is placed below the part before it. Sizes are in pixels. */
export interface Panel {
  readonly height: number;
  readonly content: string;
}

export const words = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  textElement({ x, y, ...attributes }, text);

export const segment = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  element("line", { x1, y1, x2, y2, class: kind });

/** The colours of a page: background, text, faint text, grid lines, our figures, goals, and figures that miss one. */
type Colours = readonly [string, string, string, string, string, string, string];

const LIGHT: Colours = ["#ffffff", "#1d2330", "#5b6475", "#dfe3ea", "#2463b4", "#1b7f4d", "#b5431f"];
const DARK: Colours = ["#12161d", "#e8ecf3", "#a3adbd", "#2f3745", "#7fb2f0", "#5fca92", "#f0906d"];

const rules = ([ground, text, faint, grid, ours, goal, missed]: Colours): string =>
  [
    `.ground{fill:${ground}}`,
    `text{fill:${text};font:13px system-ui,Helvetica,Arial,'DejaVu Sans',sans-serif}`,
    `text.title{font-size:16px;font-weight:600}`,
    `text.faint{fill:${faint};font-size:12px}`,
    `text.missed{fill:${missed}}`,
    `text.met{fill:${goal}}`,
    `.grid{stroke:${grid};stroke-width:1}`,
    `.even{stroke:${faint};stroke-width:1;stroke-dasharray:3 3}`,
    `.range{stroke:${ours};stroke-width:5;stroke-linecap:round;opacity:.45}`,
    `.line{stroke:${ours};stroke-width:1.5;fill:none}`,
    `.point{fill:${ours}}`,
    `.goal{stroke:${goal};stroke-width:3}`,
  ].join("");

/** A page of panels below each other. */
export const page = (width: number, panels: readonly Panel[]): string => {
  const height = panels.reduce((sum, panel) => sum + panel.height, 0);
  const placed = panels.reduce<{ readonly top: number; readonly markup: string }>(
    ({ top, markup }, panel) => ({
      top: top + panel.height,
      markup: markup + element("g", { transform: `translate(0 ${top})` }, [panel.content]),
    }),
    { top: 0, markup: "" },
  );
  const style = `<style>${rules(LIGHT)}@media(prefers-color-scheme:dark){${rules(DARK)}}</style>`;
  return `${svgDocument(width, height, [style, element("rect", { class: "ground", width, height }), placed.markup])}\n`;
};
