/** A picture, shrunk, upscaled again by bicubic interpolation and by a model, and all laid beside each other. */
import { drawSheet } from "@tadsr/files";
import { partOf, upperLeft } from "@tadsr/metrics";
import type { Picture, Rectangle, Size } from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";

const [GAP, LABEL, BASELINE, LETTERS] = [8, 44, 29, 20];

/** What upscales the small picture. */
export interface Compared<E> {
  /** Its title on the sheet. */
  readonly title: string;
  readonly factor: number;
  readonly upscale: (small: Picture) => TE.TaskEither<E, Picture>;
}

export interface Comparison {
  /** Bicubic interpolation, the upscaled picture and the original, from left to right. */
  readonly sheet: Picture;
  readonly small: Size;
  /** The time that the upscaling took. */
  readonly seconds: number;
}

/** The part to be shown is not inside the picture. */
export interface PartOutside {
  readonly _tag: "PartOutside";
  readonly message: string;
}

const resized = async (
  { data, width, height, channels }: Picture,
  to: Size,
  kernel: "cubic" | "lanczos3",
): Promise<Picture> => ({
  ...to,
  channels,
  data: await sharp(data, { raw: { width, height, channels } })
    .resize(to.width, to.height, { fit: "fill", kernel })
    .raw()
    .toBuffer(),
});

type Panel = readonly [title: string, picture: Picture];

/** The same part of each picture, pixel for pixel, under its title. */
const sheetOf = (panels: readonly Panel[], part: Rectangle): Promise<Picture> => {
  const left = (n: number): number => GAP + n * (part.width + GAP);
  return drawSheet({
    width: left(panels.length),
    height: LABEL + part.height + GAP,
    background: "#ffffff",
    pictures: panels.map(([, picture], n) => ({ picture: partOf(picture, part), left: left(n), top: LABEL })),
    labels: panels.map(([text], n) => ({
      ...{ text, x: left(n) + part.width / 2, y: BASELINE, size: LETTERS },
      isCentred: true,
    })),
  });
};

const partOutside = ({ x, y, width, height }: Rectangle, whole: Size): PartOutside => ({
  _tag: "PartOutside",
  message:
    `the part of ${width} x ${height} pixels at ${x}, ${y} is not inside the picture, which has ` +
    `${whole.width} x ${whole.height}; give another part`,
});

/**
 * Shrinks the original by Lanczos-3, upscales it again both ways, and shows a part of the results: `shown`, by default
 * all. If the original's sides are no multiples of the factor, the rest is left off at the right and below.
 */
export const compareBeside =
  <E>(
    original: Picture,
    { title, factor, upscale }: Compared<E>,
    shown?: Rectangle,
  ): TE.TaskEither<E | PartOutside, Comparison> =>
  async () => {
    const small: Size = {
      width: Math.floor(original.width / factor),
      height: Math.floor(original.height / factor),
    };
    const size: Size = { width: small.width * factor, height: small.height * factor };
    const part = shown ?? { x: 0, y: 0, ...size };
    const isInside =
      Math.min(part.x, part.y) >= 0 &&
      part.x + part.width <= size.width &&
      part.y + part.height <= size.height;
    if (!isInside) return TE.left(partOutside(part, size))();
    const whole = upperLeft(original, size.width, size.height);
    const shrunk = await resized(whole, small, "lanczos3");
    const bicubic = await resized(shrunk, size, "cubic");
    const begun = performance.now();
    return pipe(
      upscale(shrunk),
      TE.chainTaskK((upscaled) => async (): Promise<Comparison> => {
        const seconds = (performance.now() - begun) / 1000;
        const panels: readonly Panel[] = [
          [`bicubic, ${small.width} x ${small.height} upscaled ${factor}x`, bicubic],
          [title, upscaled],
          ["the original", whole],
        ];
        return { sheet: await sheetOf(panels, part), small, seconds };
      }),
    )();
  };
