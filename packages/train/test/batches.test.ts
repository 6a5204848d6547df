import { describe, expect, it } from "vitest";
import {
  type BatchOptions,
  batchStream,
  lightDegradation,
  type Photograph,
  type Photographs,
  resize,
  type TrainingBatch,
  trainingBatch,
} from "../src/index.ts";

/**
 * Red grows with the column, green with the row, and blue is the photograph's number: so a crop says where it is from.
 */
const coordinates = (width: number, height: number, blue: number, steepness = 1): Photograph => ({
  name: `${blue}.png`,
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [steepness * (pixel % width), steepness * Math.floor(pixel / width), blue][i % 3] as number;
  }),
});

const photographsOf = (...items: readonly Photograph[]): Photographs => ({
  folder: "generated",
  names: items.map(({ name }) => name),
  read: async (place) => items[place] ?? null,
  usable: () => items.length,
  skipped: () => [],
});

const several = photographsOf(
  coordinates(250, 240, 0),
  coordinates(200, 250, 100),
  coordinates(130, 140, 200),
);

const options: BatchOptions = {
  seed: 4,
  batch: 3,
  cropHR: 32,
  scale: 4,
  degradation: lightDegradation,
  originals: true,
  asTheyAre: 0,
};

/** A batch with its originals. */
const pairsOf = async (
  ...args: Parameters<typeof trainingBatch>
): Promise<TrainingBatch & { readonly hr: Float32Array }> => {
  const { hr, ...rest } = await trainingBatch(...args);
  if (hr === null) throw new Error("there are no originals");
  return { ...rest, hr };
};

const clean: BatchOptions = {
  ...options,
  batch: 24,
  degradation: { ...lightDegradation, onlyBicubic: 1 },
};

const bytesOf = (values: Float32Array): readonly number[] =>
  Array.from(values, (value) => Math.round(((value + 1) / 2) * 255));

/** The [32, 32, 3] bytes of sample n, as a function of column, row and channel. */
const sampleOf = (hr: Float32Array, n: number): ((x: number, y: number, channel: number) => number) => {
  const bytes = bytesOf(hr.subarray(n * 32 * 32 * 3, (n + 1) * 32 * 32 * 3));
  return (x, y, channel) => bytes[3 * (32 * y + x) + channel] as number;
};

describe("a training batch", () => {
  it("has the shapes and ranges promised", async () => {
    const { hr, lr, step } = await pairsOf(several, options, 7);
    expect([hr.length, lr.length, step]).toEqual([3 * 32 * 32 * 3, 3 * 8 * 8 * 3, 7]);
    for (const values of [hr, lr]) {
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...values)).toBeLessThanOrEqual(1);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.5);
    }
  });

  it("is a function of seed and step", async () => {
    const first = await pairsOf(several, options, 3);
    await pairsOf(several, options, 4);
    expect(await pairsOf(several, options, 3)).toEqual(first);
    expect((await pairsOf(several, options, 4)).hr).not.toEqual(first.hr);
    expect((await pairsOf(several, { ...options, seed: 5 }, 3)).hr).not.toEqual(first.hr);
  });

  it("leaves the originals out if they are not needed, and changes nothing else", async () => {
    const { hr, lr } = await trainingBatch(several, { ...options, originals: false }, 3);
    expect(hr).toBeNull();
    expect(lr).toEqual((await pairsOf(several, options, 3)).lr);
  });

  it("takes a share of the small pictures from the photographs unchanged", async () => {
    const alone: BatchOptions = { ...options, batch: 40, originals: false };
    const all = bytesOf((await trainingBatch(several, { ...alone, asTheyAre: 1 }, 3)).lr);
    const size = 8 * 8 * 3;
    for (let n = 0; n < alone.batch; n++) {
      // Red and green of `coordinates` are column and row, so neighbours differ by one level.
      const [here, beside] = [all.slice(n * size, n * size + 3), all.slice(n * size + 3, n * size + 6)];
      const moved = [0, 1].map((channel) =>
        Math.abs((here[channel] as number) - (beside[channel] as number)),
      );
      expect(moved.toSorted()).toEqual([0, 1]);
    }
    const [none, half] = [0, 0.5].map((asTheyAre) => trainingBatch(several, { ...alone, asTheyAre }, 3));
    const [degraded, mixed] = [
      bytesOf((await none)?.lr ?? new Float32Array()),
      bytesOf((await half)?.lr ?? new Float32Array()),
    ];
    const isSame = (other: readonly number[], n: number): boolean =>
      mixed.slice(n * size, (n + 1) * size).every((value, i) => value === other[n * size + i]);
    const samples = Array.from({ length: alone.batch }, (_, n) => n);
    expect(samples.every((n) => isSame(all, n) !== isSame(degraded, n))).toBe(true);
    const share = samples.filter((n) => isSame(all, n)).length / alone.batch;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });

  it("draws again if a photograph cannot be used, and the same whatever was read before", async () => {
    const [bad, good] = [new Set([0, 3]), [1, 2, 4]];
    const five = [0, 60, 120, 180, 240].map((blue) => coordinates(250, 240, blue));
    const broken: Photographs = {
      ...photographsOf(...five),
      read: async (place) => (bad.has(place) ? null : (five[place] ?? null)),
    };
    const [whole, mended] = [
      await trainingBatch(photographsOf(...five), clean, 3),
      await trainingBatch(broken, clean, 3),
    ];
    expect(await trainingBatch(broken, clean, 3)).toEqual(mended);
    const bluesOf = ({ hr }: TrainingBatch): readonly number[] =>
      Array.from({ length: clean.batch }, (_, n) => sampleOf(hr ?? new Float32Array(), n)(5, 5, 2));
    const [before, after] = [bluesOf(whole), bluesOf(mended)];
    const replaced = after.filter((blue, n) => before[n] !== blue);
    // The usable ones stay. The others are spread over all of them.
    before.forEach((blue, n) => {
      if (!bad.has(Math.round(blue / 60))) expect(after[n]).toBe(blue);
    });
    expect(new Set(replaced.map((blue) => Math.round(blue / 60)))).toEqual(new Set(good));
  });

  it("is an error if no photograph can be used", async () => {
    const none: Photographs = {
      ...several,
      read: async () => null,
      skipped: () => [{ name: "0.png", reason: "it is cut short" }],
    };
    await expect(trainingBatch(none, options, 1)).rejects.toThrow(
      "generated: none of the 3 pictures can be used; the first, 0.png: it is cut short",
    );
  });

  it("gives sample n the same pair whatever the size of the batch", async () => {
    const [small, large] = await Promise.all([
      pairsOf(several, { ...options, batch: 2 }, 3),
      pairsOf(several, { ...options, batch: 5 }, 3),
    ]);
    expect(large.hr.slice(0, small.hr.length)).toEqual(small.hr);
    expect(large.lr.slice(0, small.lr.length)).toEqual(small.lr);
    expect(large.hr.slice(small.hr.length, 2 * small.hr.length)).not.toEqual(small.hr);
  });

  it("takes connected pixels of one photograph, in all eight symmetries, from many places", async () => {
    // Larger than the patch around a crop, so that nothing is mirrored.
    const { hr } = await pairsOf(
      photographsOf(coordinates(250, 240, 0), coordinates(200, 250, 100)),
      { ...clean, batch: 64 },
      0,
    );
    const symmetries = new Set<string>();
    const places = new Set<string>();
    const blues = new Set<number>();
    for (let n = 0; n < 64; n++) {
      const at = sampleOf(hr, n);
      const along = [at(1, 0, 0) - at(0, 0, 0), at(1, 0, 1) - at(0, 0, 1)] as const;
      const down = [at(0, 1, 0) - at(0, 0, 0), at(0, 1, 1) - at(0, 0, 1)] as const;
      for (const [x, y] of [
        [31, 0],
        [0, 31],
        [17, 23],
      ] as const) {
        expect(at(x, y, 0)).toBe(at(0, 0, 0) + x * along[0] + y * down[0]);
        expect(at(x, y, 1)).toBe(at(0, 0, 1) + x * along[1] + y * down[1]);
        expect(at(x, y, 2)).toBe(at(0, 0, 2));
      }
      expect(Math.abs(along[0] * down[1] - along[1] * down[0])).toBe(1);
      symmetries.add([...along, ...down].join());
      places.add(`${at(0, 0, 0)},${at(0, 0, 1)}`);
      blues.add(at(0, 0, 2));
    }
    expect(symmetries.size).toBe(8);
    expect(places.size).toBeGreaterThan(55);
    expect([...blues].sort()).toEqual([0, 100]);
  });

  it("mirrors a photograph that is smaller than the patch around a crop", async () => {
    const { hr } = await pairsOf(photographsOf(coordinates(33, 40, 9)), clean, 0);
    for (let n = 0; n < clean.batch; n++) {
      const at = sampleOf(hr, n);
      for (let i = 0; i < 31; i++) {
        const moved = [0, 1].map((channel) => Math.abs(at(i + 1, 5, channel) - at(i, 5, channel)));
        expect(Math.max(...moved)).toBeLessThanOrEqual(1);
        expect(at(i, i, 0)).toBeLessThan(33);
        expect(at(i, i, 1)).toBeLessThan(40);
      }
    }
  });

  it("aligns the small crop exactly with the large one, without an effect of what is outside at its edges", async () => {
    // On a ramp, every filter's output at a whole ratio is the area's mean, unless an edge is mirrored into it.
    const { noise, firstJpeg } = lightDegradation;
    const smooth = (scale: number): BatchOptions => ({
      ...clean,
      batch: 48,
      degradation: {
        ...lightDegradation,
        onlyBicubic: 0,
        blur: { probability: 1, sigma: [2.2, 2.2], isotropic: 0.5, flattening: [0.5, 1] },
        intermediateScale: [scale, scale],
        noise: { ...noise, probability: 0 },
        firstJpeg: { ...firstJpeg, probability: 0 },
        secondJpeg: { ...firstJpeg, probability: 0 },
      },
    });
    const steep = photographsOf(coordinates(127, 120, 0, 2));
    for (const each of [clean, smooth(0.25), smooth(0.5)]) {
      const { hr, lr } = await pairsOf(steep, each, 1);
      for (let n = 0; n < each.batch; n++) {
        const data = hr.slice(n * 32 * 32 * 3, (n + 1) * 32 * 32 * 3);
        const means = resize({ width: 32, height: 32, data }, { width: 8, height: 8 }, "area").data;
        expect(bytesOf(lr.slice(n * 8 * 8 * 3, (n + 1) * 8 * 8 * 3))).toEqual(bytesOf(means));
      }
    }
  });
});

describe("a stream of batches", () => {
  it("gives the batches of the steps from the one asked for", async () => {
    const stream = batchStream(several, options, { from: 5 });
    for (const step of [5, 6, 7]) {
      const { value } = await stream.next();
      expect(value).toEqual(await pairsOf(several, options, step));
    }
    await stream.return(undefined as never);
    expect((await stream.next()).done).toBe(true);
  });
});
