/** Pull-backs of the operations that rearrange, join and normalise images. */
import * as forward from "../images.ts";
import { imageShape } from "../tensor.ts";
import { addTerms, addToBias, type PullBackOf } from "./gather.ts";

/** A source pixel gathers the slopes of all its copies. */
export const upsampleNearest: PullBackOf<"upsampleNearest"> = (slope, gather, image, factor) => {
  const { h, w, c } = imageShape("upsampleNearest", image);
  const into = gather(image);
  if (into === null) return;
  slope.data.forEach((dy, i) => {
    const [channel, pixel] = [i % c, Math.floor(i / c)];
    const [x, line] = [pixel % (w * factor), Math.floor(pixel / (w * factor))];
    const [y, sample] = [line % (h * factor), Math.floor(line / (h * factor))];
    const from = ((sample * h + Math.floor(y / factor)) * w + Math.floor(x / factor)) * c + channel;
    into[from] = (into[from] as number) + dy;
  });
};

/** A permutation's transpose is its inverse. */
export const spaceToDepth: PullBackOf<"spaceToDepth"> = (slope, gather, image, factor) => {
  const { data } = forward.depthToSpace(slope, factor);
  addTerms(gather(image), (i) => data[i] as number);
};

export const depthToSpace: PullBackOf<"depthToSpace"> = (slope, gather, image, factor) => {
  const { data } = forward.spaceToDepth(slope, factor);
  addTerms(gather(image), (i) => data[i] as number);
};

export const concatChannels: PullBackOf<"concatChannels"> = (slope, gather, images) => {
  let start = 0;
  for (const image of images) {
    const { c } = imageShape("concatChannels", image);
    const { data } = forward.sliceChannels(slope, start, c);
    addTerms(gather(image), (i) => data[i] as number);
    start += c;
  }
};

export const sliceChannels: PullBackOf<"sliceChannels"> = (slope, gather, a, start, length) => {
  const c = a.shape[a.shape.length - 1] as number;
  const into = gather(a);
  if (into === null) return;
  slope.data.forEach((dy, i) => {
    const from = Math.floor(i / length) * c + start + (i % length);
    into[from] = (into[from] as number) + dy;
  });
};

/** With y = x / r, r = sqrt(mean x^2 + epsilon): dx = (dy - y mean(dy y)) / r. The means are over channels. */
export const channelNorm: PullBackOf<"channelNorm"> = (slope, gather, image, epsilon) => {
  const { n, h, w, c } = imageShape("channelNorm", image);
  const squares = new Float64Array(n * h * w);
  const products = new Float64Array(n * h * w);
  image.data.forEach((x, i) => {
    const pixel = Math.floor(i / c);
    squares[pixel] = (squares[pixel] as number) + x * x;
    products[pixel] = (products[pixel] as number) + x * (slope.data[i] as number);
  });
  addTerms(gather(image), (i) => {
    const pixel = Math.floor(i / c);
    const r = Math.sqrt((squares[pixel] as number) / c + epsilon);
    const y = (image.data[i] as number) / r;
    return ((slope.data[i] as number) - (y * (products[pixel] as number)) / (c * r)) / r;
  });
};

export const modulate: PullBackOf<"modulate"> = (slope, gather, image, gamma, beta) => {
  const { h, w, c } = imageShape("modulate", image);
  const entry = (i: number): number => Math.floor(i / (h * w * c)) * c + (i % c);
  const factor = (i: number): number => (gamma === null ? 1 : 1 + (gamma.data[entry(i)] as number));
  addTerms(gather(image), (i) => (slope.data[i] as number) * factor(i));
  const [ofGamma, ofBeta] = [gather(gamma), gather(beta)];
  slope.data.forEach((dy, i) => {
    const at = entry(i);
    if (ofGamma !== null) ofGamma[at] = (ofGamma[at] as number) + dy * (image.data[i] as number);
    if (ofBeta !== null) ofBeta[at] = (ofBeta[at] as number) + dy;
  });
};

/**
 * With x' = (x - mean) / r, r = sqrt(variance + epsilon), y = weight x' + bias and dx' = weight dy: dx = (dx' -
 * mean(dx') - x' mean(dx' x')) / r. The means are over each sample's group.
 */
export const groupNorm: PullBackOf<"groupNorm"> = (
  slope,
  gather,
  image,
  weight,
  bias,
  { groups, epsilon },
) => {
  const { n, h, w, c } = imageShape("groupNorm", image);
  const groupOf = (i: number): number =>
    Math.floor(i / (h * w * c)) * groups + Math.floor((i % c) / (c / groups));
  const groupMeans = (term: (i: number) => number): Float64Array => {
    const sums = new Float64Array(n * groups);
    for (let i = 0; i < image.data.length; i++) sums[groupOf(i)] = (sums[groupOf(i)] as number) + term(i);
    return sums.map((sum) => (sum * n * groups) / image.data.length);
  };
  const means = groupMeans((i) => image.data[i] as number);
  const centred = image.data.map((x, i) => x - (means[groupOf(i)] as number));
  const deviations = groupMeans((i) => (centred[i] as number) ** 2).map((variance) =>
    Math.sqrt(variance + epsilon),
  );
  const normal = centred.map((x, i) => x / (deviations[groupOf(i)] as number));
  const inner = slope.data.map((dy, i) => dy * (weight.data[i % c] as number));
  const ofMean = groupMeans((i) => inner[i] as number);
  const ofDeviation = groupMeans((i) => (inner[i] as number) * (normal[i] as number));
  addTerms(gather(image), (i) => {
    const group = groupOf(i);
    const rest = (inner[i] as number) - (ofMean[group] as number);
    return (rest - (normal[i] as number) * (ofDeviation[group] as number)) / (deviations[group] as number);
  });
  addToBias(
    gather(weight),
    slope.data.map((dy, i) => dy * (normal[i] as number)),
  );
  addToBias(gather(bias), slope.data);
};
