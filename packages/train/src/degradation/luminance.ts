/** A picture's luminance, with the weights of ITU-R BT.601. */
import type { FloatPicture } from "../float-picture.ts";

const brightness = (data: Float32Array, at: number): number =>
  0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);

/** A byte for each pixel, rounded and clamped. */
export const luminance = ({ width, height, data }: FloatPicture): Uint8Array => {
  const bytes = new Uint8ClampedArray(width * height);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * brightness(data, 3 * i);
  return new Uint8Array(bytes.buffer);
};

/** The picture in grey. */
export const withoutColour = ({ width, height, data }: FloatPicture): FloatPicture => {
  const grey = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) grey.fill(brightness(data, i), i, i + 3);
  return { width, height, data: grey };
};
