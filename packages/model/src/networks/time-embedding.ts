/** The sinusoidal features of a time index (cosines first, then sines, period 10000, as in the authors' UNet). */
import type { NdArray, PerSample } from "@tadsr/core";

const MAX_PERIOD = 10000;

/** [batch, channels]; `channels` is even. One index serves the whole batch. */
export const sinusoidalFeatures = (index: PerSample, batch: number, channels: number): NdArray => {
  const half = channels / 2;
  const indices = typeof index === "number" ? Array.from({ length: batch }, () => index) : index;
  if (indices.length !== batch) {
    throw new Error(`time features: ${indices.length} indices for a batch of ${batch}`);
  }
  const data = new Float32Array(batch * channels);
  indices.forEach((t, n) => {
    for (let i = 0; i < half; i++) {
      const angle = t * Math.exp((-Math.log(MAX_PERIOD) * i) / half);
      data[n * channels + i] = Math.cos(angle);
      data[n * channels + half + i] = Math.sin(angle);
    }
  });
  return { shape: [batch, channels], data };
};
