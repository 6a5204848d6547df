/** All rows, in the order in which they run. */
import type { Row } from "../lib/row.ts";
import { browser } from "./browser.ts";
import { chain } from "./chain.ts";
import { growth } from "./growth.ts";
import { networks } from "./networks.ts";
import { noise } from "./noise.ts";
import { small } from "./small.ts";
import { stack } from "./stack.ts";
import { startup } from "./startup.ts";
import { steps } from "./steps.ts";
import { training } from "./training.ts";

export const rows: readonly Row[] = [
  networks,
  chain,
  small,
  browser,
  stack,
  steps,
  training,
  growth,
  startup,
  noise,
];
