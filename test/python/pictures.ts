/** Arrays that exported files are run on. */
import { elements, type NdArray, normal } from "@tadsr/core";
import { bicubicResize, type FloatRaster } from "@tadsr/model";

/** [1, h, w, c] as [1, c, h, w]; arrays that are not images stay as they are. */
export const channelsFirst = ({ shape, data }: NdArray): NdArray => {
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  if (shape.length !== 4) return { shape, data };
  const pixels = h * w;
  return {
    shape: [n, c, h, w],
    data: Float32Array.from(data, (_, i) => data[(i % pixels) * c + Math.floor(i / pixels)] as number),
  };
};

/** Numbers drawn from N(0, 1). */
export const drawn = (stream: number, ...shape: readonly number[]): NdArray => {
  const count = elements(shape);
  return { shape, data: Float32Array.from(normal({ seed: 5, stream }, 0, count)) };
};

/** Smooth numbers in [-1, 1], similar to a picture. */
export const pictureOf = (height: number, width: number): NdArray => ({
  shape: [1, height, width, 3],
  data: Float32Array.from(
    { length: height * width * 3 },
    (_, i) => Math.sin(i * 0.037) * Math.cos(i * 0.0011),
  ),
});

export const rasterOf = ({ shape, data }: NdArray): FloatRaster => ({
  width: shape[2] ?? 0,
  height: shape[1] ?? 0,
  channels: shape[3] ?? 0,
  data: Float32Array.from(data),
});

/** Bicubic, by `bicubicResize`. */
export const upsampled = (picture: NdArray, factor: number): NdArray => {
  const source = rasterOf(picture);
  const { height, width, data } = bicubicResize(source, source.height * factor, source.width * factor);
  return { shape: [1, height, width, 3], data };
};
