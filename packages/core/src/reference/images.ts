/** The operations that rearrange, join and normalise images, in float64. */
import type { GroupNormOptions } from "../algebra.ts";
import { isSameShape, shapeText } from "../shape.ts";
import {
  demand,
  demandBias,
  demandInteger,
  imageShape,
  matrixShape,
  type ReferenceTensor,
  tensor,
  zeros,
} from "./tensor.ts";

/** As `Neural.upsampleNearest`. */
export const upsampleNearest = (image: ReferenceTensor, factor: number): ReferenceTensor => {
  const { n, h, w, c } = imageShape("upsampleNearest", image);
  demandInteger("upsampleNearest", "factor", factor, 1);
  const result = zeros([n, h * factor, w * factor, c]);
  let to = 0;
  for (let sample = 0; sample < n; sample++)
    for (let y = 0; y < h * factor; y++)
      for (let x = 0; x < w * factor; x++) {
        const from = ((sample * h + Math.floor(y / factor)) * w + Math.floor(x / factor)) * c;
        for (let channel = 0; channel < c; channel++)
          result.data[to++] = image.data[from + channel] as number;
      }
  return result;
};

/**
 * Visits every element of the deep image [n, h, w, c f f] in order, with its flat index there and its flat index in the
 * wide image [n, h f, w f, c]. Deep channel c f f + y f + x is wide channel c at (y, x) of its block.
 */
const visitBlocks = (
  { n, h, w, c, f }: { n: number; h: number; w: number; c: number; f: number },
  visit: (deep: number, wide: number) => void,
): void => {
  let deep = 0;
  for (let sample = 0; sample < n; sample++)
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++)
        for (let channel = 0; channel < c; channel++)
          for (let y = 0; y < f; y++)
            for (let x = 0; x < f; x++)
              visit(deep++, ((sample * h * f + row * f + y) * w * f + column * f + x) * c + channel);
};

/** As `Neural.spaceToDepth`. */
export const spaceToDepth = (image: ReferenceTensor, factor: number): ReferenceTensor => {
  const { n, h, w, c } = imageShape("spaceToDepth", image);
  demandInteger("spaceToDepth", "factor", factor, 1);
  demand(
    h % factor === 0 && w % factor === 0,
    "spaceToDepth",
    () => shapeText(image.shape),
    () => `height and width in multiples of ${factor}`,
  );
  const size = { n, h: h / factor, w: w / factor, c, f: factor };
  const result = zeros([n, size.h, size.w, c * factor * factor]);
  visitBlocks(size, (deep, wide) => {
    result.data[deep] = image.data[wide] as number;
  });
  return result;
};

/** As `Neural.depthToSpace`. */
export const depthToSpace = (image: ReferenceTensor, factor: number): ReferenceTensor => {
  const { n, h, w, c } = imageShape("depthToSpace", image);
  demandInteger("depthToSpace", "factor", factor, 1);
  demand(
    c % (factor * factor) === 0,
    "depthToSpace",
    () => shapeText(image.shape),
    () => `channels in a multiple of ${factor * factor}`,
  );
  const size = { n, h, w, c: c / (factor * factor), f: factor };
  const result = zeros([n, h * factor, w * factor, size.c]);
  visitBlocks(size, (deep, wide) => {
    result.data[wide] = image.data[deep] as number;
  });
  return result;
};

/** As `Neural.concatChannels`. */
export const concatChannels = (images: readonly ReferenceTensor[]): ReferenceTensor => {
  const sizes = images.map((image) => imageShape("concatChannels", image));
  const [first] = sizes;
  demand(
    first !== undefined && sizes.every(({ n, h, w }) => isSameShape([n, h, w], [first.n, first.h, first.w])),
    "concatChannels",
    () => (images.length === 0 ? "no images" : images.map(({ shape }) => shapeText(shape)).join(" and ")),
    () => "one image or more, with equal batch, height and width",
  );
  const { n, h, w } = first as NonNullable<typeof first>;
  const total = sizes.reduce((sum, { c }) => sum + c, 0);
  const result = zeros([n, h, w, total]);
  let start = 0;
  images.forEach((image, part) => {
    const c = sizes[part]?.c ?? 0;
    for (let pixel = 0; pixel < n * h * w; pixel++)
      for (let channel = 0; channel < c; channel++)
        result.data[pixel * total + start + channel] = image.data[pixel * c + channel] as number;
    start += c;
  });
  return result;
};

/** As `Neural.sliceChannels`. */
export const sliceChannels = (a: ReferenceTensor, start: number, length: number): ReferenceTensor => {
  demand(
    a.shape.length === 4 || a.shape.length === 2,
    "sliceChannels",
    () => shapeText(a.shape),
    () => "an image [n, h, w, c] or a matrix [rows, columns]",
  );
  demandInteger("sliceChannels", "start", start, 0);
  demandInteger("sliceChannels", "length", length, 1);
  const c = a.shape[a.shape.length - 1] as number;
  demand(
    start + length <= c,
    "sliceChannels",
    () => `channels ${start} to ${start + length - 1} of ${shapeText(a.shape)}`,
    () => `channels within 0 to ${c - 1}`,
  );
  const result = zeros([...a.shape.slice(0, -1), length]);
  for (let i = 0; i < result.data.length; i++)
    result.data[i] = a.data[Math.floor(i / length) * c + start + (i % length)] as number;
  return result;
};

/** As `Neural.channelNorm`. */
export const channelNorm = (image: ReferenceTensor, epsilon: number): ReferenceTensor => {
  const { n, h, w, c } = imageShape("channelNorm", image);
  const data = new Float64Array(image.data.length);
  for (let pixel = 0; pixel < n * h * w; pixel++) {
    let sum = 0;
    for (let i = pixel * c; i < (pixel + 1) * c; i++) sum += (image.data[i] as number) ** 2;
    const divisor = Math.sqrt(sum / c + epsilon);
    for (let i = pixel * c; i < (pixel + 1) * c; i++) data[i] = (image.data[i] as number) / divisor;
  }
  return tensor(image.shape, data);
};

/** As `Neural.modulate`. */
export const modulate = (
  image: ReferenceTensor,
  gamma: ReferenceTensor | null,
  beta: ReferenceTensor,
): ReferenceTensor => {
  const { n, h, w, c } = imageShape("modulate", image);
  for (const [name, matrix] of [
    ["gamma", gamma],
    ["beta", beta],
  ] as const)
    demand(
      matrix === null || isSameShape(matrixShape("modulate", matrix), [n, c]),
      "modulate",
      () => `image ${shapeText(image.shape)} and ${name} ${shapeText(matrix?.shape ?? [])}`,
      () => `${name} [${n}, ${c}]`,
    );
  const data = new Float64Array(image.data.length);
  for (let i = 0; i < data.length; i++) {
    const entry = Math.floor(i / (h * w * c)) * c + (i % c);
    const factor = gamma === null ? 1 : 1 + (gamma.data[entry] as number);
    data[i] = (image.data[i] as number) * factor + (beta.data[entry] as number);
  }
  return tensor(image.shape, data);
};

/** As `Neural.groupNorm`. */
export const groupNorm = (
  image: ReferenceTensor,
  weight: ReferenceTensor,
  bias: ReferenceTensor,
  { groups, epsilon }: GroupNormOptions,
): ReferenceTensor => {
  const { n, h, w, c } = imageShape("groupNorm", image);
  demandInteger("groupNorm", "groups", groups, 1);
  demand(
    c % groups === 0,
    "groupNorm",
    () => `${c} channels in ${groups} groups`,
    () => "groups that divide the channels",
  );
  demand(
    isSameShape(weight.shape, [c]),
    "groupNorm",
    () => `weight ${shapeText(weight.shape)}`,
    () => `weight [${c}]`,
  );
  demandBias("groupNorm", bias, c);
  const size = c / groups;
  const count = h * w * size;
  const data = new Float64Array(image.data.length);
  for (let sample = 0; sample < n; sample++)
    for (let group = 0; group < groups; group++) {
      const each = (visit: (i: number, channel: number) => void): void => {
        for (let pixel = 0; pixel < h * w; pixel++)
          for (let channel = group * size; channel < (group + 1) * size; channel++)
            visit((sample * h * w + pixel) * c + channel, channel);
      };
      let sum = 0;
      each((i) => {
        sum += image.data[i] as number;
      });
      const mean = sum / count;
      let squares = 0;
      each((i) => {
        squares += ((image.data[i] as number) - mean) ** 2;
      });
      const deviation = Math.sqrt(squares / count + epsilon);
      each((i, channel) => {
        const normal = ((image.data[i] as number) - mean) / deviation;
        data[i] = normal * (weight.data[channel] as number) + (bias.data[channel] as number);
      });
    }
  return tensor(image.shape, data);
};
