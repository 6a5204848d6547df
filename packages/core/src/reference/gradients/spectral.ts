/** Pull-backs of the one-dimensional convolution and of spectral normalisation. */
import { imageShape } from "../tensor.ts";
import { addTerms, addToBias, type PullBackOf } from "./gather.ts";

export const sequenceConvolution: PullBackOf<"sequenceConvolution"> = (
  slope,
  gather,
  image,
  weight,
  bias,
) => {
  const { n, h, w, c } = imageShape("sequenceConvolution", image);
  const [o, , k] = weight.shape as readonly [number, number, number];
  const length = h * w;
  const half = (k - 1) / 2;
  const [ofImage, ofWeight] = [gather(image), gather(weight)];
  addToBias(gather(bias), slope.data);
  for (let sample = 0; sample < n; sample++)
    for (let at = 0; at < length; at++)
      for (let out = 0; out < o; out++) {
        const dy = slope.data[(sample * length + at) * o + out] as number;
        for (let tap = 0; tap < k; tap++) {
          const from = (sample * length + ((at + tap - half + length) % length)) * c;
          for (let channel = 0; channel < c; channel++) {
            const [x, entry] = [from + channel, (out * c + channel) * k + tap];
            if (ofImage !== null) ofImage[x] = (ofImage[x] as number) + dy * (weight.data[entry] as number);
            if (ofWeight !== null)
              ofWeight[entry] = (ofWeight[entry] as number) + dy * (image.data[x] as number);
          }
        }
      }
};

/**
 * With Y = W / sigma, sigma = u W v: dW = (dY - sum(dY W) / sigma u v^T) / sigma. No gradient passes to
 * u and v.
 */
export const spectralNormalize: PullBackOf<"spectralNormalize"> = (slope, gather, weight, u, v) => {
  const columns = v.data.length;
  const outer = (i: number): number =>
    (u.data[Math.floor(i / columns)] as number) * (v.data[i % columns] as number);
  const sigma = weight.data.reduce((sum, x, i) => sum + x * outer(i), 0);
  const product = weight.data.reduce((sum, x, i) => sum + x * (slope.data[i] as number), 0);
  addTerms(gather(weight), (i) => ((slope.data[i] as number) - (product / sigma) * outer(i)) / sigma);
};
