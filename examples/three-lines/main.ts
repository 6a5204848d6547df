/**
 * Upscaling in three lines; and the same part by part, with progress and a signal to stop it.
 *
 *     npx tsx examples/three-lines/main.ts photo.jpg photo-4x.png
 */
import { type OpenOptions, openUpscaler, savePicture } from "tadsr";

/** Reads `input`, writes it to `output` upscaled, and returns the size of the result. */
export const main = async (input: string, output: string, options: OpenOptions = { model: "small-x4" }) => {
  const upscaler = await openUpscaler(options);
  const larger = await upscaler.upscale(input);
  await upscaler.close();

  await savePicture(larger, output);
  return { width: larger.width, height: larger.height };
};

/** Tells which share of the picture is done after each part; a `TadsrError` with the code "aborted" ends it. */
export const inParts = async (
  input: string,
  options: OpenOptions,
  tell: (share: number) => void,
  signal: AbortSignal = AbortSignal.timeout(600_000),
): Promise<void> => {
  const upscaler = await openUpscaler(options);
  try {
    for await (const { done, total } of upscaler.tiles(input, { signal })) tell(done / total);
  } finally {
    await upscaler.close();
  }
};

if (import.meta.filename === process.argv[1]) {
  const [input, output] = process.argv.slice(2);
  if (input === undefined || output === undefined) throw new Error("give a picture and where to write it");
  const { width, height } = await main(input, output);
  process.stderr.write(`${output}: ${width} x ${height}\n`);
}
