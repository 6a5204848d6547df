/** Pull-backs of attention. The shares are computed again, query by query. */
import type { WindowOptions } from "../../algebra.ts";
import {
  type Bias,
  type Operands,
  type Pixel,
  placeOf,
  positionRow,
  type Region,
  sharesOf,
  wholeImage,
  windowRegions,
} from "../attention.ts";
import type { Gather } from "../tape.ts";
import { imageShape, type ReferenceTensor } from "../tensor.ts";
import { addScaled, type PullBackOf } from "./gather.ts";

/** Adds the slope of a score to the slope of the bias. */
type ToBias = (head: number, query: Pixel, key: Pixel, slope: number) => void;

/**
 * With s_j = q . k_j / sqrt(width) + bias_j, p = softmax(s), y = sum_j p_j v_j: dv_j = p_j dy,
 * ds_j = p_j (dy . v_j - dy . y), dq = sum_j ds_j k_j / sqrt(width), dk_j = ds_j q / sqrt(width).
 */
const pullRegions = (
  slope: ReferenceTensor,
  gather: Gather,
  operands: Operands,
  regions: readonly Region[],
  heads: number,
  bias: Bias,
  toBias: ToBias,
): void => {
  const { query, key, value } = operands;
  const size = imageShape("attention", query);
  const width = size.c / heads;
  const [ofQuery, ofKey, ofValue] = [gather(query), gather(key), gather(value)];
  const pullQuery = (sample: number, region: Region, head: number, from: Pixel): void => {
    const place = placeOf(size, sample, head, width);
    const q = place(from);
    const shares = sharesOf(operands, place, region, head, from, width, bias);
    const along = region.map((to) => {
      const v = place(to);
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (slope.data[q + i] as number) * (value.data[v + i] as number);
      return sum;
    });
    const whole = along.reduce((sum, part, j) => sum + part * (shares[j] as number), 0);
    region.forEach((to, j) => {
      const at = place(to);
      const share = shares[j] as number;
      const ofScore = share * ((along[j] as number) - whole);
      const ofProduct = ofScore / Math.sqrt(width);
      if (ofValue !== null) addScaled(ofValue, at, slope.data, q, share, width);
      if (ofQuery !== null) addScaled(ofQuery, q, key.data, at, ofProduct, width);
      if (ofKey !== null) addScaled(ofKey, at, query.data, q, ofProduct, width);
      toBias(head, from, to, ofScore);
    });
  };
  for (let sample = 0; sample < size.n; sample++)
    for (const region of regions)
      for (let head = 0; head < heads; head++)
        for (const from of region) pullQuery(sample, region, head, from);
};

export const attention: PullBackOf<"attention"> = (slope, gather, query, key, value, { heads }) => {
  const regions = [wholeImage(imageShape("attention", query))];
  const operands = { query, key, value };
  pullRegions(
    slope,
    gather,
    operands,
    regions,
    heads,
    () => 0,
    () => undefined,
  );
};

export const windowAttention: PullBackOf<"windowAttention"> = (
  slope,
  gather,
  query,
  key,
  value,
  positions,
  options: WindowOptions,
) => {
  const { heads, window } = options;
  const regions = windowRegions(imageShape("windowAttention", query), options);
  const ofPositions = gather(positions);
  const entry = (head: number, q: Pixel, k: Pixel): number => positionRow(window, q, k) * heads + head;
  const bias: Bias = (head, q, k) => positions.data[entry(head, q, k)] as number;
  const toBias: ToBias = (head, q, k, ofScore) => {
    if (ofPositions === null) return;
    const at = entry(head, q, k);
    ofPositions[at] = (ofPositions[at] as number) + ofScore;
  };
  pullRegions(slope, gather, { query, key, value }, regions, heads, bias, toBias);
};
