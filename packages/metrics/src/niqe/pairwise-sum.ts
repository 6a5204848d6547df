/** Sums of float32 in numpy's order, so that even the last bits are the same. */

/** Up to this many numbers are added with eight partial sums. More are halved first. */
const [BLOCK, LANES] = [128, 8];

const { fround } = Math;

const sumOfBlock = (values: Float32Array, start: number, count: number): number => {
  if (count < LANES) {
    let sum = 0;
    for (let i = start; i < start + count; i++) sum = fround(sum + (values[i] as number));
    return sum;
  }
  const lanes = values.slice(start, start + LANES);
  const whole = count - (count % LANES);
  for (let i = LANES; i < whole; i++) {
    const lane = i % LANES;
    lanes[lane] = (lanes[lane] as number) + (values[start + i] as number);
  }
  const [a, b, c, d, e, f, g, h] = lanes as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let sum = fround(fround(fround(a + b) + fround(c + d)) + fround(fround(e + f) + fround(g + h)));
  for (let i = whole; i < count; i++) sum = fround(sum + (values[start + i] as number));
  return sum;
};

/** The sum of `count` values from `start` on, every addition in float32. */
export const pairwiseSum = (values: Float32Array, start = 0, count = values.length): number => {
  if (count <= BLOCK) return sumOfBlock(values, start, count);
  const half = Math.floor(count / 2);
  const first = half - (half % LANES);
  return fround(pairwiseSum(values, start, first) + pairwiseSum(values, start + first, count - first));
};
