/** Applies a drawn degradation of Real-ESRGAN's pipeline. */
import type { Size } from "@tadsr/model";
import { type FloatPicture, fromBytes, toBytes } from "../float-picture.ts";
import { throughJpeg } from "../jpeg.ts";
import { type ResizeFilter, resize } from "../resampling.ts";
import { correlate } from "./correlate.ts";
import type { FullParameters, KernelParameters, NoiseParameters, RoundParameters } from "./draw.ts";
import { interpolate } from "./interpolation.ts";
import { gaussianKernel, generalisedKernel, type Kernel, plateauKernel } from "./kernel.ts";
import { withGaussianNoise } from "./noise.ts";
import { withPoissonNoise } from "./poisson.ts";
import { sincKernel } from "./sinc.ts";
import { scaled } from "./within.ts";

/** The kernel that was drawn. */
export const drawnKernel = (drawn: KernelParameters): Kernel => {
  const { side } = drawn;
  switch (drawn.shape) {
    case "sinc":
      return sincKernel(side, drawn.cutOff);
    case "isotropic":
    case "anisotropic":
      return gaussianKernel(side, drawn);
    case "generalisedIsotropic":
    case "generalisedAnisotropic":
      return generalisedKernel(side, drawn, drawn.beta);
    case "plateauIsotropic":
    case "plateauAnisotropic":
      return plateauKernel(side, drawn, drawn.beta);
  }
};

const blurred = (picture: FloatPicture, kernel: KernelParameters | null): FloatPicture =>
  kernel === null ? picture : correlate(picture, drawnKernel(kernel));

const noisy = (picture: FloatPicture, noise: NoiseParameters | null): FloatPicture => {
  if (noise === null) return picture;
  const result =
    noise.kind === "gaussian" ? withGaussianNoise(picture, noise) : withPoissonNoise(picture, noise);
  const { data } = result;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i] as number));
  return result;
};

/** `throughJpeg` clamps and rounds to bytes before it compresses. */
const compressed = async (picture: FloatPicture, quality: number | null): Promise<FloatPicture> =>
  quality === null ? picture : throughJpeg(picture, quality);

/**
 * At most two rounds, and the end. The result has exactly `size` and 8-bit values. Factors of the first round are
 * relative to the picture's sides, those of the second to `size`. Values are clamped when noise is added. The same
 * arguments give the same bytes.
 */
export const degradeFully = async (
  picture: FloatPicture,
  { antialias, first, second, end }: FullParameters,
  size: Size,
): Promise<FloatPicture> => {
  const resized = (source: FloatPicture, to: Size, filter: ResizeFilter): FloatPicture =>
    antialias ? resize(source, to, filter) : interpolate(source, to, filter);
  const round = (
    source: FloatPicture,
    of: Size,
    { blur, resize: step, noise }: RoundParameters,
  ): FloatPicture => noisy(resized(blurred(source, blur), scaled(of, step.factor), step.filter), noise);
  const once = await compressed(round(picture, picture, first), first.jpeg);
  const twice = second === null ? once : round(once, size, second);
  const last = (source: FloatPicture): FloatPicture => blurred(resized(source, size, end.filter), end.sinc);
  const result = end.jpegLast
    ? await compressed(last(twice), end.jpeg)
    : last(await compressed(twice, end.jpeg));
  return fromBytes(toBytes(result));
};
