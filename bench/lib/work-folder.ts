/** A folder for a row's temporary files. It is removed when the row is done. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { photograph } from "./photograph.ts";

export const inWorkFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "tadsr-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Writes a square picture as a PNG and returns its path. */
export const writePhotograph = async (folder: string, side: number): Promise<string> => {
  const { width, height, channels, data } = photograph(side, side);
  const path = join(folder, `photograph-${side}.png`);
  await sharp(data, { raw: { width, height, channels } }).png().toFile(path);
  return path;
};
