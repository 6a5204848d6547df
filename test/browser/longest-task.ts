/** How long a page's thread was busy at a time, by Chromium's trace. */
import type { Browser, Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** The processor's time, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The longest task of the page's thread while `work` is done, in milliseconds of the processor's time: what others take of
 * a busy machine is not counted.
 */
export const longestTask = async (
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<number> => {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  await work();
  const text = (await browser.stopTracing()).toString();
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(threadOf),
  );
  const times = traceEvents
    .filter((event) => event.name.endsWith("RunTask") && main.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
  return Math.max(0, ...times);
};
