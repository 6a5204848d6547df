/**
 * Channels sliced out of joined images are taken from the image that they come from, if it is one image. So if images
 * are joined for a network that takes them apart again, nothing is copied.
 */
import { applied } from "../recording/record.ts";
import type { Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

const channelsOf = ({ shape }: Term): number => shape.at(-1) as number;

export const sliceParts: Rule = ({ operation, operands }) => {
  if (operation !== "sliceChannels") return null;
  const [whole, start, length] = operands as readonly [Term, number, number];
  if (whole.tag !== "applied" || whole.operation !== "concatChannels") return null;
  const [parts] = whole.operands as readonly [readonly Term[]];
  let before = 0;
  for (const part of parts) {
    const channels = channelsOf(part);
    const from = start - before;
    if (from >= 0 && from + length <= channels)
      return length === channels ? part : applied("sliceChannels", [part, from, length]);
    before += channels;
  }
  return null;
};
