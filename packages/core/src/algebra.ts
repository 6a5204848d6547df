/**
 * The tensor algebra: everything the equations and the networks of this project ask of a tensor
 * library. It is an interface alone; `reference.ts` is its living definition in float64, and
 * `@tadsr/laws` states what every interpreter must satisfy.
 *
 * `T` is the interpreter's own tensor. Three sorts of tensor occur, all of type `T`:
 * - a scalar, shape [];
 * - a matrix, shape [batch, channels];
 * - an image, logical shape [batch, height, width, channels]. Its physical layout is the
 *   interpreter's own affair.
 * Operands of two-place functions have the same shape unless said otherwise.
 */
import type { PerSample } from "./notation.ts";

/**
 * What the schedule, the samplers and the losses need. Plain arrays can do it.
 *
 * Laws: `add` is commutative and associative with `scale(a, 0)` as its unit; `subtract(a, b) =
 * add(a, scale(b, -1))`; `scale` is linear in both arguments; `multiply` is commutative and
 * distributes over `add`; `relu(a) - relu(-a) = a`; `softplus(a) - softplus(-a) = a`;
 * `mean` is linear and `mean(offset(a, c)) = mean(a) + c`; `sqrt(square(a)) = |a|`.
 */
export interface Pointwise<T> {
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  /** a * factor; a list holds one factor for each sample of the batch (the first axis). */
  scale(a: T, factor: PerSample): T;
  /** a + constant. */
  offset(a: T, constant: number): T;
  square(a: T): T;
  /** Square root of every element; elements are not negative. */
  sqrt(a: T): T;
  abs(a: T): T;
  /** max(0, a). */
  relu(a: T): T;
  /** ln(1 + e^a), without overflow. */
  softplus(a: T): T;
  /** The mean of all elements, as a scalar. */
  mean(a: T): T;
  /** The same values; gradients do not pass. */
  stopGradient(a: T): T;
}

/** Padding by zeros before and after each spatial axis, in pixels. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface ConvolutionOptions {
  readonly stride: number;
  readonly padding: Padding;
}

/**
 * What the networks need besides `Pointwise`.
 *
 * Laws: `conv2d` is linear in the image and in the weight, and a 1x1 identity weight returns its
 * image; a stride-1 convolution commutes with translation away from the edges; `depthToSpace`
 * inverts `spaceToDepth`; `concatChannels` then `sliceChannels` gives the parts back;
 * `channelNorm` has mean square 1 over channels and does not change when its input is scaled;
 * `modulate(a, 0, 0) = a`; every pixel of `upsampleNearest(a, f)` equals its source pixel.
 */
export interface Neural<T> extends Pointwise<T> {
  /** a * sigmoid(a). */
  silu(a: T): T;
  /** min(max(a, 0), 6). */
  relu6(a: T): T;
  /**
   * Cross-correlation. image [n, h, w, i], weight of kind `convolution` (logical [o, i, kh, kw]),
   * bias [o] or null -> [n, h', w', o], h' = floor((h + top + bottom - kh) / stride) + 1.
   */
  conv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /** As `conv2d`, each channel by itself; weight of kind `depthwise` (logical [c, 1, kh, kw]). */
  depthwiseConv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /** [n, i] times the transpose of weight [o, i], plus bias [o] -> [n, o]. */
  linear(matrix: T, weight: T, bias: T | null): T;
  /** Each pixel of [n, h, w, c] repeated factor x factor times -> [n, h f, w f, c]. */
  upsampleNearest(image: T, factor: number): T;
  /** [n, h, w, c] -> [n, h / f, w / f, c f f]; channel c f f + y f + x is PyTorch's order. */
  spaceToDepth(image: T, factor: number): T;
  /** The inverse of `spaceToDepth`. */
  depthToSpace(image: T, factor: number): T;
  concatChannels(images: readonly T[]): T;
  /** Channels start..start+length-1 of an image, or columns of a matrix. */
  sliceChannels(a: T, start: number, length: number): T;
  /** Each pixel divided by its root mean square over channels: a / sqrt(mean_c a^2 + epsilon). */
  channelNorm(image: T, epsilon: number): T;
  /** image [n, h, w, c] * (1 + gamma [n, c]) + beta [n, c], the same at every pixel (Eq 10's form). */
  modulate(image: T, gamma: T, beta: T): T;
}

/** The whole algebra. */
export type Algebra<T> = Neural<T>;
