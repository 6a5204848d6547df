/** Networks as ncnn's pairs of files, for tests: a .param of layers, and a .bin of their numbers in float32. */
import type { NdArray } from "@tadsr/core";
import { type HostWeights, type PictureNetworkConfig, parameter } from "@tadsr/model";

interface NcnnLayer {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly options: string;
  /** In the order of the .bin; `tag` comes before the weights of convolutions: 0 means float32. */
  readonly numbers: readonly NdArray[];
  readonly tagged: boolean;
}

export interface NcnnFiles {
  readonly param: string;
  readonly bin: Uint8Array;
}

/** In ncnn each blob has one reader. A blob with several readers is split first, into a copy for each. */
const withSplits = (layers: readonly NcnnLayer[]): readonly string[] => {
  const lines: string[] = [];
  const readers = (name: string): number =>
    layers.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === name).length, 0);
  const taken = new Map<string, number>();
  const nextOf = (name: string): string => {
    if (readers(name) === 1) return name;
    const copy = taken.get(name) ?? 0;
    taken.set(name, copy + 1);
    return `${name}_${copy}`;
  };
  for (const { type, name, inputs, options } of layers) {
    lines.push([type, name, inputs.length, 1, ...inputs.map(nextOf), name, options].join(" ").trim());
    const count = readers(name);
    if (count > 1) {
      const copies = Array.from({ length: count }, (_, i) => `${name}_${i}`);
      lines.push(["Split", `split_${name}`, 1, count, name, ...copies].join(" "));
    }
  }
  return lines;
};

const filesOf = (layers: readonly NcnnLayer[]): NcnnFiles => {
  const lines = withSplits(layers);
  const blobs = lines.reduce((sum, line) => sum + Number(line.split(" ")[3]), 0);
  const numbers = layers.flatMap((layer) => [
    ...(layer.tagged ? [0] : []),
    ...layer.numbers.flatMap(({ data }) => [...data]),
  ]);
  return {
    param: `7767517\n${lines.length} ${blobs}\n${lines.join("\n")}\n`,
    bin: new Uint8Array(Float32Array.from(numbers).buffer),
  };
};

const LEAKY = "9=2 -23310=1,2.000000e-01";

/** The layers of a network one after another. Each call adds one and gives its blob's name. */
const builder = (weights: HostWeights) => {
  const layers: NcnnLayer[] = [];
  const plain = (type: string, name: string, inputs: readonly string[], options = ""): string => {
    layers.push({ type, name, inputs, options, numbers: [], tagged: false });
    return name;
  };
  return {
    layers,
    plain,
    convolution: (from: string, input: string, more = "", name = from): string => {
      const [weight, bias] = [parameter(weights, `${from}.weight`), parameter(weights, `${from}.bias`)];
      const options = `0=${weight.shape[0]} 1=3 4=1 5=1 6=${weight.data.length} ${more}`;
      layers.push({
        type: "Convolution",
        name,
        inputs: [input],
        options,
        numbers: [weight, bias],
        tagged: true,
      });
      return name;
    },
    slopes: (from: string, input: string): string => {
      const weight = parameter(weights, `${from}.weight`);
      const options = `0=${weight.data.length}`;
      layers.push({ type: "PReLU", name: from, inputs: [input], options, numbers: [weight], tagged: false });
      return from;
    },
  };
};

const srvggFiles = (
  { convolutions, factor }: Extract<PictureNetworkConfig, { kind: "srvgg" }>,
  weights: HostWeights,
): NcnnFiles => {
  const { layers, plain, convolution, slopes } = builder(weights);
  const data = plain("Input", "data", []);
  let last = data;
  for (let i = 0; i <= convolutions; i++)
    last = slopes(`body.${2 * i + 1}`, convolution(`body.${2 * i}`, last));
  const deep = convolution(`body.${2 * convolutions + 2}`, last);
  const shuffled = plain("PixelShuffle", "shuffled", [deep], `0=${factor}`);
  const base = plain("Interp", "base", [data], `0=1 1=${factor}.0 2=${factor}.0`);
  plain("BinaryOp", "output", [shuffled, base], "0=0");
  return filesOf(layers);
};

const rrdbFiles = (
  { blocks, factor }: Extract<PictureNetworkConfig, { kind: "rrdb" }>,
  weights: HostWeights,
): NcnnFiles => {
  const { layers, plain, convolution } = builder(weights);
  const data = plain("Input", "data", []);
  const residual = (name: string, input: string, result: string): string => {
    const scaled = plain("BinaryOp", `${name}_scaled`, [result], "0=2 1=1 2=2.000000e-01");
    return plain("BinaryOp", `${name}_sum`, [scaled, input], "0=0");
  };
  const dense = (name: string, input: string): string => {
    const known = [input];
    for (let i = 1; i <= 4; i++) {
      const joined = i === 1 ? input : plain("Concat", `${name}_known${i}`, [...known], "0=0");
      known.push(convolution(`${name}.conv${i}`, joined, LEAKY));
    }
    const all = plain("Concat", `${name}_known5`, [...known], "0=0");
    return residual(name, input, convolution(`${name}.conv5`, all));
  };
  const small = factor === 4 ? data : plain("Reorg", "small", [data], `0=${4 / factor}`);
  const first = convolution("conv_first", small);
  let deep = first;
  for (let block = 0; block < blocks; block++) {
    const inner = [1, 2, 3].reduce((input, i) => dense(`body.${block}.rdb${i}`, input), deep);
    deep = residual(`body.${block}`, deep, inner);
  }
  let last = plain("BinaryOp", "features", [first, convolution("conv_body", deep)], "0=0");
  for (const name of ["conv_up1", "conv_up2"])
    last = convolution(name, plain("Interp", `${name}_larger`, [last], "0=1 1=2.0 2=2.0"), LEAKY);
  convolution("conv_last", convolution("conv_hr", last, LEAKY), "", "output");
  return filesOf(layers);
};

/** The network's files; the picture [3, h, w] in [0, 1] is the blob `data`, and its result `output`. */
export const ncnnFiles = (config: PictureNetworkConfig, weights: HostWeights): NcnnFiles =>
  config.kind === "srvgg" ? srvggFiles(config, weights) : rrdbFiles(config, weights);
