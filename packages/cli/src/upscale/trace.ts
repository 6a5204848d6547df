/** When what a start consists of was done, for whoever measures it: `TADSR_TRACE=1`. */
import type { Shell } from "../shell.ts";

/** The model's description and weights, or of the paper's kind its weights on the engine; the first tile. */
export type TraceEvent = "model-read" | "runtime-open" | "tile-started" | "tile-done";

/** Notes an event, the first time it comes. */
export type Trace = (event: TraceEvent) => void;

export const silent: Trace = () => undefined;

/** `now` gives milliseconds since the process started. */
export const traceOn = (
  { stderr }: Pick<Shell, "stderr">,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number = () => performance.now(),
): Trace => {
  if (environment.TADSR_TRACE !== "1") return silent;
  const noted = new Set<TraceEvent>();
  return (event) => {
    if (noted.has(event)) return;
    noted.add(event);
    stderr.write(`trace ${event} ${now().toFixed(1)}\n`);
  };
};
