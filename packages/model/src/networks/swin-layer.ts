/**
 * The Swin layer of the paper's UNet: attention in windows, whose grid is shifted in every second block (Liu et al.,
 * "Swin Transformer", 2021), with group normalisation and 1x1 convolutions (ResShift, models/swin_transformer.py).
 */
import { convolution, dense, groupNormalization, type Layer } from "../layers.ts";
import { type ParameterSpec, parameter } from "../parameters.ts";
import { GROUPS, type SwinConfig } from "./swin-unet-config.ts";

/** The same in the whole UNet. */
export const NORM = { groups: GROUPS, epsilon: 1e-5 };

const ATTENTION_PARTS = 3;

interface Windows {
  readonly window: number;
  readonly shift: number;
}

/** Windows of a block. If the nominal side is smaller, they are as large as that and not shifted. */
const windowsOf = ({ window }: SwinConfig, side: number, block: number): Windows =>
  side <= window
    ? { window: side, shift: 0 }
    : { window, shift: block % 2 === 0 ? 0 : Math.floor(window / 2) };

/** Multi-head attention in windows, with a learned bias by relative position, and a projection. */
const windowedAttention = (name: string, swin: SwinConfig, { window, shift }: Windows): Layer => {
  const { channels, edges } = swin;
  const heads = channels / swin.headChannels;
  const joint = dense(`${name}.qkv`, { inputs: channels, outputs: ATTENTION_PARTS * channels });
  const project = dense(`${name}.proj`, { inputs: channels, outputs: channels });
  const positions: ParameterSpec = {
    name: `${name}.relative_position_bias_table`,
    kind: "matrix",
    shape: [(2 * window - 1) ** 2, heads],
    initial: "small",
  };
  return {
    parameters: [positions, ...joint.parameters, ...project.parameters],
    run: (algebra, weights, image) => {
      const parts = joint.run(algebra, weights, image);
      const query = algebra.sliceChannels(parts, 0, channels);
      const key = algebra.sliceChannels(parts, channels, channels);
      const value = algebra.sliceChannels(parts, 2 * channels, channels);
      const bias = parameter(weights, positions.name);
      const attended = algebra.windowAttention(query, key, value, bias, { heads, window, shift, edges });
      return project.run(algebra, weights, attended);
    },
  };
};

/** image + attention(norm(image)), then the same with a network of two layers at each pixel. */
const swinBlock = (name: string, swin: SwinConfig, windows: Windows): Layer => {
  const { channels } = swin;
  const hidden = Math.trunc(channels * swin.mlpRatio);
  const norm1 = groupNormalization(`${name}.norm1`, channels, NORM);
  const attention = windowedAttention(`${name}.attn`, swin, windows);
  const norm2 = groupNormalization(`${name}.norm2`, channels, NORM);
  const widen = convolution(`${name}.mlp.fc1`, { inputs: channels, outputs: hidden, kernel: 1 });
  const narrow = convolution(`${name}.mlp.fc2`, { inputs: hidden, outputs: channels, kernel: 1 });
  return {
    parameters: [norm1, attention, norm2, widen, narrow].flatMap(({ parameters }) => parameters),
    run: (algebra, weights, image) => {
      const attended = attention.run(algebra, weights, norm1.run(algebra, weights, image));
      const between = algebra.add(image, attended);
      const wide = algebra.gelu(widen.run(algebra, weights, norm2.run(algebra, weights, between)));
      return algebra.add(between, narrow.run(algebra, weights, wide));
    },
  };
};

/**
 * A convolution to the layer's own channels, the blocks, and a convolution back. No input is added around them. `side`
 * is the level's nominal side, `outer` its channels.
 */
export const swinLayer = (name: string, swin: SwinConfig, outer: number, side: number): Layer => {
  const enter = convolution(`${name}.patch_embed.proj`, { inputs: outer, outputs: swin.channels, kernel: 1 });
  const leave = convolution(`${name}.patch_unembed.proj`, {
    inputs: swin.channels,
    outputs: outer,
    kernel: 1,
  });
  const blocks = Array.from({ length: swin.depth }, (_, block) =>
    swinBlock(`${name}.blocks.${block}`, swin, windowsOf(swin, side, block)),
  );
  return {
    parameters: [enter, ...blocks, leave].flatMap(({ parameters }) => parameters),
    run: (algebra, weights, image) => {
      const entered = enter.run(algebra, weights, image);
      const attended = blocks.reduce((hidden, block) => block.run(algebra, weights, hidden), entered);
      return leave.run(algebra, weights, attended);
    },
  };
};
