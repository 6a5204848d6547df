/**
 * RRDBNet of ESRGAN as Real-ESRGAN has it (BasicSR, basicsr/archs/rrdbnet_arch.py), such as RealESRGAN_x4plus. It has
 * residual blocks of densely joined 3x3 convolutions with LeakyReLU; then it doubles height and width twice, by
 * repeating pixels and a convolution. For factors 2 and 1 it first folds pixels into channels. Names are the authors'
 * files'.
 */

import type { Algebra, Tensors } from "@tadsr/core";
import { convolution, type Layer } from "../layers.ts";
import { COLOURS } from "../picture.ts";
import type { PictureNetwork } from "./picture-network.ts";

export interface RrdbConfig {
  readonly kind: "rrdb";
  /** Channels between blocks. */
  readonly channels: number;
  /** Channels that each convolution of a dense block adds, except the last. */
  readonly growth: number;
  /** Residual blocks, each of three dense blocks. */
  readonly blocks: number;
  /** 4, 2 or 1. */
  readonly factor: number;
}

export const RRDB_FACTORS: readonly number[] = [4, 2, 1];

/** The body's own factor. For a smaller factor the picture is first made as much smaller. */
const OWN_FACTOR = 4;
/** A block's result is multiplied by this before its input is added. */
const RESIDUAL_SCALE = 0.2;
const SLOPE = 0.2;
const CONVOLUTIONS = 5;
const DENSE_BLOCKS = 3;

type Shape = Pick<RrdbConfig, "channels" | "growth">;

const residual = <T>(algebra: Algebra<T>, input: T, result: T): T =>
  algebra.add(algebra.scale(result, RESIDUAL_SCALE), input);

/** Each convolution reads the block's input and the outputs of the convolutions before it. */
const denseBlock = (name: string, { channels, growth }: Shape): Layer => {
  const layer = (i: number, outputs: number): Layer =>
    convolution(`${name}.conv${i + 1}`, { inputs: channels + i * growth, outputs, kernel: 3 });
  const growing = Array.from({ length: CONVOLUTIONS - 1 }, (_, i) => layer(i, growth));
  const last = layer(CONVOLUTIONS - 1, channels);
  return {
    parameters: [...growing, last].flatMap(({ parameters }) => parameters),
    run: (algebra, weights, input) => {
      const joined = growing.reduce((known, { run }) => {
        const made = algebra.leakyRelu(run(algebra, weights, known), SLOPE);
        return algebra.concatChannels([known, made]);
      }, input);
      return residual(algebra, input, last.run(algebra, weights, joined));
    },
  };
};

const residualBlock = (name: string, shape: Shape): Layer => {
  const inner = Array.from({ length: DENSE_BLOCKS }, (_, i) => denseBlock(`${name}.rdb${i + 1}`, shape));
  return {
    parameters: inner.flatMap(({ parameters }) => parameters),
    run: (algebra, weights, input) =>
      residual(
        algebra,
        input,
        inner.reduce((image, block) => block.run(algebra, weights, image), input),
      ),
  };
};

/** Heights and widths must be multiples of 4 / factor. */
export const rrdb = ({ channels, growth, blocks, factor }: RrdbConfig): PictureNetwork => {
  const folded = OWN_FACTOR / factor;
  const same = { inputs: channels, outputs: channels, kernel: 3 };
  const first = convolution("conv_first", { ...same, inputs: COLOURS * folded * folded });
  const body = Array.from({ length: blocks }, (_, i) => residualBlock(`body.${i}`, { channels, growth }));
  const after = convolution("conv_body", same);
  const growing = [convolution("conv_up1", same), convolution("conv_up2", same)];
  const large = convolution("conv_hr", same);
  const last = convolution("conv_last", { ...same, outputs: COLOURS });
  const activated = <T>(algebra: Algebra<T>, weights: Tensors<T>, layer: Layer, image: T): T =>
    algebra.leakyRelu(layer.run(algebra, weights, image), SLOPE);
  return {
    parameters: [first, ...body, after, ...growing, large, last].flatMap(({ parameters }) => parameters),
    factor,
    run: (algebra) => (weights, image) => {
      const small = folded === 1 ? image : algebra.spaceToDepth(image, folded);
      const entered = first.run(algebra, weights, small);
      const deep = body.reduce((features, block) => block.run(algebra, weights, features), entered);
      const features = algebra.add(entered, after.run(algebra, weights, deep));
      const grown = growing.reduce(
        (current, layer) => activated(algebra, weights, layer, algebra.upsampleNearest(current, 2)),
        features,
      );
      return last.run(algebra, weights, activated(algebra, weights, large, grown));
    },
  };
};
