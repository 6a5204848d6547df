/**
 * The tensor algebra: everything that the equations and the networks of this project need from a tensor library. This
 * file has the interface only. `reference.ts` defines each operation in float64, and `@tadsr/laws` has the laws that
 * every interpreter must satisfy.
 *
 * `T` is the interpreter's own tensor. There are three sorts of tensor, all of type `T`:
 * - a scalar, shape [];
 * - a matrix, shape [batch, channels];
 * - an image, logical shape [batch, height, width, channels]. Each interpreter chooses its physical layout.
 * The operands of an operation on two tensors have the same shape, unless its docstring says otherwise.
 */
import type { PerSample } from "./notation.ts";

/**
 * What the schedule, the samplers and the losses need. Plain arrays are enough for it.
 *
 * Laws: `add` is commutative and associative with `scale(a, 0)` as its unit; `subtract(a, b) = add(a, scale(b, -1))`;
 * `scale` is linear in both arguments; `multiply` is commutative and distributes over `add`; `relu(a) - relu(-a) = a`;
 * `softplus(a) - softplus(-a) = a`; `mean` is linear and `mean(offset(a, c)) = mean(a) + c`; `sqrt(square(a)) = |a|`.
 */
export interface Pointwise<T> {
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  /** a * factor. A list holds one factor for each sample of the batch (the first axis). */
  scale(a: T, factor: PerSample): T;
  /** a + constant. */
  offset(a: T, constant: number): T;
  square(a: T): T;
  /** Square root of every element. No element is negative. */
  sqrt(a: T): T;
  abs(a: T): T;
  /** max(0, a). */
  relu(a: T): T;
  /** ln(1 + e^a), without overflow. */
  softplus(a: T): T;
  /** The mean of all elements, as a scalar. */
  mean(a: T): T;
  /** The same values, but no gradient passes. */
  stopGradient(a: T): T;
}

/** Zeros added before and after each spatial axis, in pixels. */
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
  /** The number of groups. Each has c / groups neighbouring channels, which are normalised together. */
  readonly groups: number;
  readonly epsilon: number;
}

export interface AttentionOptions {
  /** The number of heads. The channels are cut into this many equal runs, and each run attends by itself. */
  readonly heads: number;
}

/**
 * How windows are treated where the shifted grid cuts them at the image's edges. `separate`: each part is a window by
 * itself, as in the paper "Swin Transformer" (Liu et al., 2021, section 3.2). `wrapped`: opposite edges of the image
 * are joined, so pixels from both edges share a window. The windows of the last row are the exception: each splits
 * after its first `window - shift` columns, and the two parts do not attend to each other. The authors' networks were
 * trained with `wrapped`, since their mask marks columns where it should mark regions (ResShift,
 * models/swin_transformer.py).
 */
export type WindowEdges = "separate" | "wrapped";

export interface WindowOptions extends AttentionOptions {
  /** Side of a window in pixels. */
  readonly window: number;
  /** How far the grid of windows is shifted down and right, in pixels, 0..window - 1. */
  readonly shift: number;
  /** `separate` by default. It matters only if the shift is above 0. */
  readonly edges?: WindowEdges;
}

/**
 * What the networks need besides `Pointwise`.
 *
 * Laws: `conv2d` is linear in the image and in the weight, and a 1x1 identity weight returns its image; a stride-1
 * convolution commutes with translation away from the edges; `depthToSpace` inverts `spaceToDepth`; `concatChannels`
 * then `sliceChannels` gives the parts back; `channelNorm` has mean square 1 over channels and does not change when its
 * input is scaled; `modulate(a, 0, 0) = a`; `modulate(a, null, b) = modulate(a, 0, b)`; every pixel of
 * `upsampleNearest(a, f)` equals its source pixel; `groupNorm` with weight 1 and bias 0 has mean 0 in each group and
 * does not change when a constant is added to a group; `gelu(a) - gelu(-a) = a`; `prelu` is `leakyRelu` if all slopes
 * are equal; `attention` gives each pixel a weighted mean of the values, and is linear in them; `windowAttention` does
 * not look across the edge of a window, and is `attention` if one window covers the image and `positions` is 0;
 * `takeRows(nearestIndices(takeRows(i, e), e), e) = takeRows(i, e)`; `sequenceConvolution` commutes with rotations of
 * the sequence; `spectralNormalize` does not change when its weight is scaled by a positive number.
 */
export interface Neural<T> extends Pointwise<T> {
  /** a * sigmoid(a). */
  silu(a: T): T;
  /** min(max(a, 0), 6). */
  relu6(a: T): T;
  /** a if a > 0, else slope * a. */
  leakyRelu(a: T, slope: number): T;
  /** a * Phi(a), with the normal distribution function itself and not its approximation by tanh. */
  gelu(a: T): T;
  /** A slope for each channel: an element a of image [n, h, w, c] if a > 0, else slope [c] times a. */
  prelu(image: T, slope: T): T;
  /**
   * Cross-correlation. image [n, h, w, i], weight of kind `convolution` (logical [o, i, kh, kw]),
   * bias [o] or null -> [n, h', w', o], h' = floor((h + top + bottom - kh) / stride) + 1.
   */
  conv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /** As `conv2d`, but each channel by itself; weight of kind `depthwise` (logical [c, 1, kh, kw]). */
  depthwiseConv2d(image: T, weight: T, bias: T | null, options: ConvolutionOptions): T;
  /**
   * Multiplies by the transpose of weight [o, i] and adds bias [o]. Takes a matrix [n, i] -> [n, o], or every pixel of
   * an image [n, h, w, i] -> [n, h, w, o].
   */
  linear(a: T, weight: T, bias: T | null): T;
  /** Repeats each pixel of [n, h, w, c] factor x factor times -> [n, h f, w f, c]. */
  upsampleNearest(image: T, factor: number): T;
  /** [n, h, w, c] -> [n, h / f, w / f, c f f]; channel c f f + y f + x is PyTorch's order. */
  spaceToDepth(image: T, factor: number): T;
  /** The inverse of `spaceToDepth`. */
  depthToSpace(image: T, factor: number): T;
  concatChannels(images: readonly T[]): T;
  /** Channels start..start+length-1 of an image, or columns of a matrix. */
  sliceChannels(a: T, start: number, length: number): T;
  /** Divides each pixel by its root mean square over channels: a / sqrt(mean_c a^2 + epsilon). */
  channelNorm(image: T, epsilon: number): T;
  /**
   * image [n, h, w, c] * (1 + gamma [n, c]) + beta [n, c], the same at every pixel (the form of Eq 10). If gamma is
   * null, only beta is added.
   */
  modulate(image: T, gamma: T | null, beta: T): T;
  /**
   * (a - mean) / sqrt(variance + epsilon) * weight [c] + bias [c]. The mean and the (population) variance are those of
   * each sample's group of channels over all its pixels. The number of groups divides the number of channels.
   */
  groupNorm(image: T, weight: T, bias: T, options: GroupNormOptions): T;
  /**
   * Softmax attention among all pixels of a sample. query, key, value [n, h, w, c] -> [n, h, w, c]; head
   * k has channels k c / heads .. (k + 1) c / heads - 1. Scores are divided by sqrt(c / heads).
   */
  attention(query: T, key: T, value: T, options: AttentionOptions): T;
  /**
   * Attention among the pixels of one window. The grid's lines are at shift plus multiples of the window, so windows at
   * the edges may be smaller. positions [(2 window - 1)^2, heads] is added to the scores: for a query dy pixels below
   * and dx pixels right of its key, row (dy + window - 1) (2 window - 1) + dx + window - 1. With the edges `wrapped`,
   * dy and dx are counted within the window, and pixels that nothing attends to fill each side up to the next multiple
   * of the window.
   *
   * An engine that rolls or pads the image into equal windows gives a score of -100 or less to what is outside the true
   * window (the authors' code uses -100). The result is the same unless scores differ by tens.
   */
  windowAttention(query: T, key: T, value: T, positions: T, options: WindowOptions): T;
  /**
   * For each pixel of [n, h, w, c], the number of the nearest row of the codebook [k, c] by squared distance -> [n, h,
   * w, 1]. If rows are equally near, it is the first. No gradient passes.
   */
  nearestIndices(image: T, codebook: T): T;
  /** The rows of the codebook [k, c] with the numbers indices [n, h, w, 1] -> [n, h, w, c]. */
  takeRows(indices: T, codebook: T): T;
  /**
   * Cross-correlation along the pixels of each sample, read row by row as one closed sequence (the first follows the
   * last): image [n, h, w, i], weight of kind `sequence` (logical [o, i, k], k odd and at most h w), bias [o] or null
   * -> [n, h, w, o].
   */
  sequenceConvolution(image: T, weight: T, bias: T | null): T;
  /**
   * weight / (u W v), where W is the weight of kind `sequence` as a matrix [o, i k], and u [o] and v [i k] are vectors
   * (PyTorch's spectral_norm). Gradients pass through W in both places, but not into u and v.
   */
  spectralNormalize(weight: T, u: T, v: T): T;
  /** W v / max(|W v|, 1e-12): a vector [o]. No gradient passes. */
  leftSingular(weight: T, v: T): T;
  /** W^T u / max(|W^T u|, 1e-12): a vector [i k]. No gradient passes. */
  rightSingular(weight: T, u: T): T;
}

/** The whole algebra. */
export type Algebra<T> = Neural<T>;
