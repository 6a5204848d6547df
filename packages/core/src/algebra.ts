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

export interface GroupNormOptions {
  /** Neighbouring channels that are normalised together are c / groups many. */
  readonly groups: number;
  readonly epsilon: number;
}

export interface AttentionOptions {
  /** The channels are cut into so many equal runs, which attend by themselves. */
  readonly heads: number;
}

/**
 * What becomes of the windows that a displaced grid cuts at the image's edges. `separate`: each part is a window
 * by itself, as in the paper of Swin Transformers. `wrapped`: the image closes round its edges, so that opposite
 * ones meet in a window, but that each window of the last row falls into its first window - shift columns and
 * the others; so the authors' networks were trained (their mask marks columns where it should mark regions).
 */
export type WindowEdges = "separate" | "wrapped";

export interface WindowOptions extends AttentionOptions {
  /** Side of a window in pixels. */
  readonly window: number;
  /** How far the grid of windows is displaced down and right, in pixels, 0..window - 1. */
  readonly shift: number;
  /** `separate` unless given; it matters only where there is a shift. */
  readonly edges?: WindowEdges;
}

/**
 * What the networks need besides `Pointwise`.
 *
 * Laws: `conv2d` is linear in the image and in the weight, and a 1x1 identity weight returns its
 * image; a stride-1 convolution commutes with translation away from the edges; `depthToSpace`
 * inverts `spaceToDepth`; `concatChannels` then `sliceChannels` gives the parts back;
 * `channelNorm` has mean square 1 over channels and does not change when its input is scaled;
 * `modulate(a, 0, 0) = a`; `modulate(a, null, b) = modulate(a, 0, b)`; every pixel of `upsampleNearest(a, f)` equals its source pixel;
 * `groupNorm` with weight 1 and bias 0 has mean 0 in each group and does not change when a constant is
 * added to a group; `gelu(a) - gelu(-a) = a`; `prelu` is
 * `leakyRelu` where all slopes are one; `attention` gives each pixel a weighted mean of the values,
 * and is linear in them; `windowAttention` does not look across the edge of a window, and is `attention`
 * where one window covers the image and `positions` is 0; `takeRows(nearestIndices(takeRows(i, e), e), e) =
 * takeRows(i, e)`; `sequenceConvolution` commutes with rotations of the sequence; `spectralNormalize` does
 * not change when its weight is scaled by a positive number.
 */
export interface Neural<T> extends Pointwise<T> {
  /** a * sigmoid(a). */
  silu(a: T): T;
  /** min(max(a, 0), 6). */
  relu6(a: T): T;
  /** a where a > 0, else slope * a. */
  leakyRelu(a: T, slope: number): T;
  /** a * Phi(a) with the normal distribution function itself, not an approximation by tanh. */
  gelu(a: T): T;
  /** Each channel with its own slope: image [n, h, w, c] where it is > 0, else slope [c] times it. */
  prelu(image: T, slope: T): T;
  /**
   * Cross-correlation. image [n, h, w, i], weight of kind `convolution` (logical [o, i, kh, kw]),
   * bias [o] or null -> [n, h', w', o], h' = floor((h + top + bottom - kh) / stride) + 1.
   */
  conv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /** As `conv2d`, each channel by itself; weight of kind `depthwise` (logical [c, 1, kh, kw]). */
  depthwiseConv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /**
   * Times the transpose of weight [o, i], plus bias [o]: a matrix [n, i] -> [n, o], or every pixel of an
   * image [n, h, w, i] -> [n, h, w, o].
   */
  linear(a: T, weight: T, bias: T | null): T;
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
  /**
   * image [n, h, w, c] * (1 + gamma [n, c]) + beta [n, c], the same at every pixel (Eq 10's form). Without a
   * gamma (null) it only adds beta.
   */
  modulate(image: T, gamma: T | null, beta: T): T;
  /**
   * (a - mean) / sqrt(variance + epsilon) * weight [c] + bias [c]; mean and variance (of the population)
   * of each sample's group of channels over all its pixels. The groups divide the channels.
   */
  groupNorm(image: T, weight: T, bias: T, options: GroupNormOptions): T;
  /**
   * Softmax attention among all pixels of a sample. query, key, value [n, h, w, c] -> [n, h, w, c]; head
   * k has channels k c / heads .. (k + 1) c / heads - 1; scores are divided by sqrt(c / heads).
   */
  attention(query: T, key: T, value: T, options: AttentionOptions): T;
  /**
   * Attention among the pixels of the same window. The grid's lines are at shift plus multiples of the
   * window, so that windows at the edges are smaller where the shift or the size asks for it. positions
   * [(2 window - 1)^2, heads] is added to the scores: row (dy + window - 1) (2 window - 1) + dx + window - 1
   * for a query dy pixels below and dx right of its key. With edges `wrapped` a side that is no multiple of
   * the window closes as if it were the next multiple, by pixels that nothing attends to, and dy and dx are
   * counted within the window.
   *
   * Where windows are rolled or padded into equal ones, what is no part of the window gets the score -100,
   * as the authors' code has it, or less; that is the same but for scores that differ by tens.
   */
  windowAttention(query: T, key: T, value: T, positions: T, options: WindowOptions): T;
  /**
   * The row of the codebook [k, c] that is nearest to each pixel of [n, h, w, c] by squared distance, the
   * first of equals, as a number -> [n, h, w, 1]. No gradient passes.
   */
  nearestIndices(image: T, codebook: T): T;
  /** The rows of the codebook [k, c] that indices [n, h, w, 1] name -> [n, h, w, c]. */
  takeRows(indices: T, codebook: T): T;
  /**
   * The pixels of each sample, row by row, as one closed sequence (after the last comes the first), under a
   * cross-correlation: image [n, h, w, i], weight of kind `sequence` (logical [o, i, k], k odd and at most
   * h w), bias [o] or null -> [n, h, w, o].
   */
  sequenceConvolution(image: T, weight: T, bias: T | null): T;
  /**
   * weight / (u W v) with W the weight of kind `sequence` as a matrix [o, i k], u [o] and v [i k] vectors
   * (PyTorch's spectral_norm). Gradients pass through W in both places, not into u and v.
   */
  spectralNormalize(weight: T, u: T, v: T): T;
  /** W v / max(|W v|, 1e-12): a vector [o]. No gradient passes. */
  leftSingular(weight: T, v: T): T;
  /** W^T u / max(|W^T u|, 1e-12): a vector [i k]. No gradient passes. */
  rightSingular(weight: T, u: T): T;
}

/** The whole algebra. */
export type Algebra<T> = Neural<T>;
