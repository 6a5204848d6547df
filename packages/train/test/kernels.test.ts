import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { direction, exponential, logarithm, power } from "../src/degradation/elementary.ts";
import {
  besselJ1,
  correlate,
  type Ellipse,
  type FloatPicture,
  gaussianKernel,
  generalisedKernel,
  type Kernel,
  plateauKernel,
  sincKernel,
} from "../src/index.ts";

const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const side = fc.integer({ min: 1, max: 20 }).map((half) => 2 * half + 1);
const ellipse: fc.Arbitrary<Ellipse> = fc.record({
  sigmaAlong: real(0.2, 15),
  sigmaAcross: real(0.2, 15),
  turn: real(0, 1),
});

/** Every kernel that can be drawn. */
const anyKernel: fc.Arbitrary<Kernel> = fc.oneof(
  fc.tuple(side, ellipse).map(([n, e]) => gaussianKernel(n, e)),
  fc.tuple(side, ellipse, real(0.3, 6)).map(([n, e, beta]) => generalisedKernel(n, e, beta)),
  fc.tuple(side, ellipse, real(0.3, 6)).map(([n, e, beta]) => plateauKernel(n, e, beta)),
  fc.tuple(side, real(0.1, 1)).map(([n, cutOff]) => sincKernel(n, cutOff)),
);

/** The weight at the offset (x, y) from the middle. */
const at = ({ side: n, weights }: Kernel, x: number, y: number): number =>
  weights[n * (y + (n - 1) / 2) + x + (n - 1) / 2] as number;

const farthest = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  expect(one.length).toBe(other.length);
  let most = 0;
  for (let i = 0; i < one.length; i++)
    most = Math.max(most, Math.abs((one[i] as number) - (other[i] as number)));
  return most;
};

const sumOver = ({ side: n, weights }: Kernel, term: (x: number, y: number) => number): number => {
  const c = (n - 1) / 2;
  return weights.reduce((sum, weight, i) => sum + weight * term((i % n) - c, Math.floor(i / n) - c), 0);
};

describe("elementary functions", () => {
  it("agree with Math's", () => {
    fc.assert(
      fc.property(real(-600, 600), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
      }),
    );
    expect(exponential(-1e4)).toBe(0);
    fc.assert(
      fc.property(real(1e-30, 1e30), (x) => {
        expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThan(1e-14 * (1 + Math.abs(Math.log(x))));
      }),
    );
    fc.assert(
      fc.property(real(1e-6, 1e3), real(0.05, 8), (base, exponent) => {
        const expected = base ** exponent;
        expect(Math.abs(power(base, exponent) - expected)).toBeLessThanOrEqual(1e-13 * expected);
      }),
    );
    fc.assert(
      fc.property(real(-3, 3), (turn) => {
        const [x, y] = direction(turn);
        expect(Math.abs(x - Math.cos(2 * Math.PI * turn))).toBeLessThan(1e-14);
        expect(Math.abs(y - Math.sin(2 * Math.PI * turn))).toBeLessThan(1e-14);
      }),
    );
  });

  it("have the same bits on every machine", () => {
    expect([exponential(-3.7), logarithm(0.3), power(2.5, 0.7), direction(0.15)[0], besselJ1(7.3)]).toEqual([
      0.024723526470339388, -1.203972804325936, 1.8991444823309347, 0.5877852522924731, 0.08257043049325781,
    ]);
  });
});

describe("Bessel's J_1", () => {
  it("has the published values (Abramowitz and Stegun, Table 9.1; zeros from Table 9.5)", () => {
    for (const [x, value] of [
      [0, 0],
      [0.1, 0.0499375260362],
      [0.5, 0.2422684576749],
      [1, 0.4400505857449],
      [5, -0.327579137591],
      [10, 0.0434727461689],
      [3.8317059702075, 0],
      [19.6158585104682, 0],
    ] as const)
      expect(Math.abs(besselJ1(x) - value)).toBeLessThan(1e-12);
  });

  it("is Bessel's integral, the mean of cos(t - x sin t)", () => {
    fc.assert(
      fc.property(real(0, 100), (x) => {
        // The trapezoidal rule is exact up to rounding for a periodic function with enough points.
        const points = 400;
        let sum = 0;
        for (let k = 0; k < points; k++) {
          const t = (2 * Math.PI * k) / points;
          sum += Math.cos(t - x * Math.sin(t));
        }
        expect(Math.abs(besselJ1(x) - sum / points)).toBeLessThan(1e-13);
      }),
    );
  });
});

describe("kernels", () => {
  it("sum to 1, have the side asked for, and are symmetric about the middle", () => {
    fc.assert(
      fc.property(anyKernel, (kernel) => {
        expect(kernel.weights.length).toBe(kernel.side ** 2);
        expect(sumOver(kernel, () => 1)).toBeCloseTo(1, 12);
        const largest = kernel.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
        const reversed = kernel.weights.slice().reverse();
        expect(farthest(kernel.weights, reversed)).toBeLessThanOrEqual(1e-13 * largest);
      }),
    );
  });

  it("have the values of their formulas (NumPy and SciPy in float64)", () => {
    const tilted: Ellipse = { sigmaAlong: 2.3, sigmaAcross: 0.9, turn: 0.7 / (2 * Math.PI) };
    const places = [
      [0, 0],
      [2, 0],
      [1, 2],
      [-1, -4],
    ] as const;
    for (const [kernel, expected] of [
      [
        gaussianKernel(9, tilted),
        [0.07820944425076627, 0.022499490778138734, 0.03236007101559364, 0.0007432779532606648],
      ],
      [
        generalisedKernel(9, tilted, 0.6),
        [0.046682874529616884, 0.01966132545555076, 0.02311067172602929, 0.0069320860885197],
      ],
      [
        generalisedKernel(9, tilted, 3.1),
        [0.13468251046695395, 2.808709913417995e-5, 0.0073402514223890524, 8.81136010055764e-221],
      ],
      [
        plateauKernel(9, tilted, 1.7),
        [0.09446239300378727, 0.01651035490397971, 0.02604523156853063, 0.002080659773651538],
      ],
      [
        sincKernel(9, 0.45),
        [0.21143632725123496, 0.059903501374579324, 0.03703616622320924, -0.02225123621167854],
      ],
    ] as const)
      for (const [i, [x, y]] of places.entries())
        expect(at(kernel, x, y)).toBeCloseTo(expected[i] as number, 13);
  });

  it("are round if both axes are equal", () => {
    fc.assert(
      fc.property(side, real(0.3, 8), real(0, 1), real(0.5, 4), (n, sigma, turn, beta) => {
        const circle = { sigmaAlong: sigma, sigmaAcross: sigma, turn };
        for (const kernel of [
          gaussianKernel(n, circle),
          generalisedKernel(n, circle, beta),
          plateauKernel(n, circle, beta),
          sincKernel(n, 0.2 + 0.8 * turn),
        ]) {
          const moved = (to: (x: number, y: number) => readonly [number, number]): Float64Array => {
            const c = (n - 1) / 2;
            return kernel.weights.map((_, i) => at(kernel, ...to((i % n) - c, Math.floor(i / n) - c)));
          };
          for (const other of [moved((x, y) => [-x, y]), moved((x, y) => [x, -y]), moved((x, y) => [y, x])])
            expect(farthest(kernel.weights, other)).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it("have the covariance asked for, if the kernel is large enough", () => {
    fc.assert(
      fc.property(real(0.9, 3), real(0.9, 3), real(0, 1), (sigmaAlong, sigmaAcross, turn) => {
        const kernel = gaussianKernel(41, { sigmaAlong, sigmaAcross, turn });
        const [c, s] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
        const [p, q] = [sigmaAlong ** 2, sigmaAcross ** 2];
        // A sampled Gaussian's variance differs from the continuous one's by about exp(-2 pi^2 sigma^2).
        expect(Math.abs(sumOver(kernel, (x) => x * x) - (p * c * c + q * s * s))).toBeLessThan(1e-4);
        expect(Math.abs(sumOver(kernel, (x, y) => x * y) - (p - q) * c * s)).toBeLessThan(1e-4);
        expect(Math.abs(sumOver(kernel, (_x, y) => y * y) - (p * s * s + q * c * c))).toBeLessThan(1e-4);
      }),
    );
  });

  it("are the Gaussian if a generalised one's beta is 1", () => {
    fc.assert(
      fc.property(side, ellipse, (n, e) => {
        const [one, other] = [gaussianKernel(n, e).weights, generalisedKernel(n, e, 1).weights];
        expect(farthest(one, other)).toBeLessThan(1e-14);
      }),
    );
  });

  it("have flatter tops and shorter tails as beta grows", () => {
    const e = { sigmaAlong: 4, sigmaAcross: 4, turn: 0 };
    for (const make of [generalisedKernel, plateauKernel]) {
      // At q = 1/4 and q = 4, relative to the middle.
      const shares = [0.6, 1, 2, 4].map((beta) => {
        const kernel = make(41, e, beta);
        return [at(kernel, 2, 0) / at(kernel, 0, 0), at(kernel, 8, 0) / at(kernel, 0, 0)] as const;
      });
      for (let i = 1; i < shares.length; i++) {
        expect(shares[i]?.[0]).toBeGreaterThan(shares[i - 1]?.[0] as number);
        expect(shares[i]?.[1]).toBeLessThan(shares[i - 1]?.[1] as number);
      }
    }
  });

  it("are a half on the ellipse q = 1 and flat inside it, if they are plateaus", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        real(1, 15),
        real(1, 6),
        (sigmaAlong, sigmaAcross, beta) => {
          const kernel = plateauKernel(21, { sigmaAlong, sigmaAcross, turn: 0 }, beta);
          expect(at(kernel, sigmaAlong, 0) / at(kernel, 0, 0)).toBeCloseTo(0.5, 12);
          // q = 1/4 if sigma is even.
          if (sigmaAlong % 2 === 0)
            expect(at(kernel, sigmaAlong / 2, 0) / at(kernel, 0, 0)).toBeCloseTo(1 / (1 + 0.25 ** beta), 12);
        },
      ),
    );
  });

  it("pass frequencies below a sinc's cut-off and stop those above", () => {
    /** The share of a wave across the rows, with `frequency` times pi, that the kernel lets through. */
    const response = (kernel: Kernel, frequency: number): number =>
      sumOver(kernel, (x) => Math.cos(frequency * Math.PI * x));
    fc.assert(
      fc.property(real(0.3, 0.7), real(0, 0.8), real(1.25, 1.4), (cutOff, below, above) => {
        const kernel = sincKernel(99, cutOff);
        expect(Math.abs(response(kernel, below * cutOff) - 1)).toBeLessThan(0.06);
        expect(Math.abs(response(kernel, above * cutOff))).toBeLessThan(0.06);
        expect(Math.abs(response(kernel, cutOff) - 0.5)).toBeLessThan(0.06);
      }),
    );
    // Cut to the largest side that is drawn, it rings: the response varies, but the edge stays in place.
    const short = sincKernel(21, 0.5);
    expect(Math.abs(response(short, 0.25) - 1)).toBeLessThan(0.1);
    expect(Math.abs(response(short, 0.75))).toBeLessThan(0.1);
    expect(Math.min(...short.weights)).toBeLessThan(0);
  });
});

const pictureOf = (width: number, height: number, value: (i: number) => number): FloatPicture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => value(i)),
});

/** Correlation by its definition. */
const plainly = ({ width, height, data }: FloatPicture, kernel: Kernel): Float64Array => {
  const reach = (kernel.side - 1) / 2;
  const reflect = (i: number, size: number): number =>
    i < 0 ? reflect(-1 - i, size) : i >= size ? reflect(2 * size - 1 - i, size) : i;
  const result = new Float64Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        for (let dy = -reach; dy <= reach; dy++)
          for (let dx = -reach; dx <= reach; dx++) {
            const from = 3 * (width * reflect(y + dy, height) + reflect(x + dx, width)) + c;
            const to = 3 * (width * y + x) + c;
            result[to] = (result[to] as number) + at(kernel, dx, dy) * (data[from] as number);
          }
  return result;
};

describe("correlate", () => {
  const pictures = fc
    .tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1e6 }))
    .map(([width, height, salt]) => pictureOf(width, height, (i) => ((i * i + salt * i) % 251) / 250));

  it("is the weighted sum around each pixel, the picture mirrored beyond its edges", () => {
    const small = fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), ellipse, real(0.5, 3))
        .map(([half, e, beta]) => generalisedKernel(2 * half + 1, e, beta)),
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), real(0.3, 1))
        .map(([half, cutOff]) => sincKernel(2 * half + 1, cutOff)),
      // Asymmetric kernels, the first a column times a row: so a mirrored kernel differs from the kernel.
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 1e6 })).map(([half, salt]) => {
        const n = 2 * half + 1;
        const values = Float64Array.from(
          { length: n * n },
          (_, i) => (1 + ((Math.floor(i / n) * salt) % 17)) * (1 + (((i % n) * 3 * salt) % 19)),
        );
        const sum = values.reduce((total, value) => total + value, 0);
        return { side: n, weights: values.map((value) => value / sum) };
      }),
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 1e6 })).map(([half, salt]) => {
        const n = 2 * half + 1;
        const values = Float64Array.from({ length: n * n }, (_, i) => 1 + ((i * salt) % 17));
        const sum = values.reduce((total, value) => total + value, 0);
        return { side: n, weights: values.map((value) => value / sum) };
      }),
    );
    fc.assert(
      fc.property(pictures, small, (picture, kernel) => {
        const { width, height, data } = correlate(picture, kernel);
        expect([width, height, data.length]).toEqual([picture.width, picture.height, picture.data.length]);
        const expected = plainly(picture, kernel);
        // The rings that are left out have weights of at most 2^-12 together.
        expect(farthest(data, expected)).toBeLessThan(2 ** -11);
      }),
    );
  });

  it("is exact to float32 if no ring is left out", () => {
    const picture = pictureOf(23, 17, (i) => ((i * i) % 97) / 96);
    for (const kernel of [
      plateauKernel(11, { sigmaAlong: 4, sigmaAcross: 2, turn: 0.1 }, 1),
      gaussianKernel(5, { sigmaAlong: 3, sigmaAcross: 3, turn: 0 }),
      sincKernel(7, 0.4),
    ]) {
      const expected = plainly(picture, kernel);
      // Each of at most 121 partial sums below 1 is rounded by at most 2^-25, up as often as down.
      expect(farthest(correlate(picture, kernel).data, expected)).toBeLessThan(1e-6);
    }
  });

  it("keeps a constant picture, for every kernel", () => {
    fc.assert(
      fc.property(anyKernel, (kernel) => {
        const constant = pictureOf(9, 7, (i) => [0.1, 0.5, 0.9][i % 3] as number);
        // Over 1681 partial sums the rounding errors reach a thousandth of one of 255 levels.
        expect(farthest(correlate(constant, kernel).data, constant.data)).toBeLessThan(4e-6);
      }),
    );
  });
});
