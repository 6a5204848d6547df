#!/usr/bin/env node
/**
 * Converts the weights of Real-ESRGAN's networks from ncnn's files into safetensors with PyTorch's names.
 *
 *   node tools/ncnn-weights.mjs NETWORK.bin NETWORK.safetensors [NETWORK.param]
 *
 * SRVGGNetCompact (such as realesr-general-x4v3) needs no .param, since its shapes follow from the file. RRDBNet (such
 * as realesr-x4plus) needs one. Half-precision weights stay in half precision, and nothing is rounded.
 *
 * A .bin has the layers' numbers in the order of the .param. For a convolution: a tag of 4 bytes, its weights [out, in,
 * 3, 3] (tag 0x01306B47: half precision, padded to 4 bytes; tag 0: float32), and its bias in float32. For a PReLU: its
 * slopes in float32.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

const HALF = 0x01306b47;
const TAPS = 9;
const COLOURS = 3;
const FACTORS = [4, 3, 2, 1];
const MOST_CHANNELS = 4096;

class Wrong extends Error {}

const fail = (why) => {
  throw new Wrong(why);
};

/** A part of the file as a tensor of safetensors. */
const tensor = (name, dtype, shape, bytes) => ({ name, dtype, shape, bytes });

/** Reads a .bin from its start on. */
const readerOf = (bytes) => {
  let at = 0;
  const take = (count, what) => {
    if (bytes.length - at < count)
      fail(`at byte ${at}: found ${bytes.length - at} more bytes, expected ${count} for ${what}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const floats = (name, count) =>
    tensor(name, "F32", [count], take(4 * count, `${count} numbers of ${name}`));
  return {
    left: () => bytes.length - at,
    place: () => at,
    slopes: (name, channels) => [floats(`${name}.weight`, channels)],
    convolution: (name, inputs, outputs) => {
      const start = at;
      const tag = take(4, `the tag of ${name}`).readUInt32LE();
      const count = outputs * inputs * TAPS;
      const [dtype, size] = tag === HALF ? ["F16", 2] : tag === 0 ? ["F32", 4] : [];
      if (dtype === undefined)
        fail(
          `at byte ${start}: found the tag 0x${tag.toString(16)}, expected 0x1306b47 (half) or 0 (float32)`,
        );
      const padded = Math.ceil((count * size) / 4) * 4;
      const weight = take(padded, `the weights [${outputs}, ${inputs}, 3, 3] of ${name}`);
      return [
        tensor(`${name}.weight`, dtype, [outputs, inputs, 3, 3], weight.subarray(0, count * size)),
        floats(`${name}.bias`, outputs),
      ];
    },
  };
};

/** The bytes of a convolution with its tag and bias, for the storage that the tag says. */
const bytesOfConvolution = (tag, inputs, outputs) =>
  4 + Math.ceil((inputs * outputs * TAPS * (tag === HALF ? 2 : 4)) / 4) * 4 + 4 * outputs;

const NEITHER = "expected a complete file of such a network, or a .param that describes it";

/** The number of channels that puts a second tag in the right place, and the number of layers that fills the file. */
const srvggShapeOf = (bytes) => {
  if (bytes.length < 8) fail(`found ${bytes.length} bytes, expected a network's weights`);
  const tag = bytes.readUInt32LE(0);
  const fitting = [];
  for (let channels = 1; channels <= MOST_CHANNELS; channels++) {
    const first = bytesOfConvolution(tag, COLOURS, channels) + 4 * channels;
    if (first + 4 > bytes.length) break;
    if (bytes.readUInt32LE(first) !== tag) continue;
    fitting.push(channels);
    const each = bytesOfConvolution(tag, channels, channels) + 4 * channels;
    for (const factor of FACTORS) {
      const rest = bytes.length - first - bytesOfConvolution(tag, channels, COLOURS * factor * factor);
      if (rest >= 0 && rest % each === 0) return { channels, convolutions: rest / each, factor };
    }
  }
  const [channels] = fitting;
  if (channels === undefined || (tag !== HALF && tag !== 0))
    return fail(`found ${bytes.length} bytes that are no SRVGGNetCompact's; ${NEITHER}`);
  return fail(
    `found ${bytes.length} bytes, which no number of layers of ${channels} channels fills: the file is cut off, ` +
      `or has more bytes after its end; ${NEITHER}`,
  );
};

const readSrvgg = (bytes) => {
  const { channels, convolutions, factor } = srvggShapeOf(bytes);
  const reader = readerOf(bytes);
  const tensors = Array.from({ length: convolutions + 1 }, (_, i) => [
    ...reader.convolution(`body.${2 * i}`, i === 0 ? COLOURS : channels, channels),
    ...reader.slopes(`body.${2 * i + 1}`, channels),
  ]).flat();
  const last = `body.${2 * convolutions + 2}`;
  return [...tensors, ...reader.convolution(last, channels, COLOURS * factor * factor)];
};

/** The layers of a .param that have weights, in order. */
const layersOf = (text) => {
  const [magic, , ...lines] = text.split(/\r?\n/);
  if (magic?.trim() !== "7767517") fail("the .param does not begin with 7767517, as ncnn's do");
  return lines.flatMap((line) => {
    const [type, name, inputs, outputs, ...rest] = line.trim().split(/\s+/);
    if (type !== "Convolution" && type !== "PReLU") return [];
    const values = rest.slice(Number(inputs) + Number(outputs)).map((pair) => pair.split("="));
    const of = (key) => Number(values.find(([id]) => id === key)?.[1] ?? 0);
    if (type === "PReLU") return [{ type, name, channels: of("0") }];
    const [channels, side, hasBias, count] = ["0", "1", "5", "6"].map(of);
    if (side !== 3 || hasBias !== 1 || !Number.isInteger(count / (channels * TAPS)))
      fail(`the layer ${name} of the .param: expected a 3x3 convolution with a bias`);
    return [{ type, name, channels, inputs: count / (channels * TAPS) }];
  });
};

/** PyTorch's names of RRDBNet's convolutions, in the order in which the network runs them. */
const namesOfRrdb = (blocks) => [
  "conv_first",
  ...Array.from({ length: blocks }, (_, block) =>
    [1, 2, 3].flatMap((dense) => [1, 2, 3, 4, 5].map((i) => `body.${block}.rdb${dense}.conv${i}`)),
  ).flat(),
  ...["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"],
];

const OTHER_CONVOLUTIONS = 6;
const OF_BLOCK = 15;

const namesOf = (layers) => {
  if (layers.some(({ type }) => type === "PReLU")) return layers.map((_, i) => `body.${i}`);
  const blocks = (layers.length - OTHER_CONVOLUTIONS) / OF_BLOCK;
  if (!Number.isInteger(blocks) || blocks < 1)
    fail(
      `the .param has ${layers.length} convolutions and no PReLU; expected an RRDBNet's: 15 for each block and 6`,
    );
  return namesOfRrdb(blocks);
};

const readByParam = (bytes, text) => {
  const layers = layersOf(text);
  const names = namesOf(layers);
  const reader = readerOf(bytes);
  const tensors = layers.flatMap(({ type, channels, inputs }, i) =>
    type === "PReLU" ? reader.slopes(names[i], channels) : reader.convolution(names[i], inputs, channels),
  );
  if (reader.left() > 0)
    fail(
      `found ${reader.left()} bytes after the last layer's, at ${reader.place()}; expected the file's end`,
    );
  return tensors;
};

/** The format safetensors: the header's length, the header in JSON padded to 8 bytes, the numbers. */
const encode = (tensors) => {
  let at = 0;
  const header = { __metadata__: { format: "pt" } };
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...tensors.map(({ bytes }) => bytes)]);
};

const read = (file) => {
  try {
    return readFileSync(file);
  } catch (thrown) {
    return fail(`${file}: it cannot be read: ${thrown.code ?? thrown.message}`);
  }
};

const write = (file, bytes) => {
  const draft = `${file}.${process.pid}.part`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, file);
  } catch (thrown) {
    rmSync(draft, { force: true });
    fail(`${file}: it cannot be written: ${thrown.code ?? thrown.message}`);
  }
};

const main = ([binFile, output, paramFile, ...more]) => {
  if (binFile === undefined || output === undefined || more.length > 0)
    fail("usage: node tools/ncnn-weights.mjs NETWORK.bin NETWORK.safetensors [NETWORK.param]");
  const bytes = read(binFile);
  const param = paramFile === undefined ? null : read(paramFile).toString("utf8");
  let tensors;
  try {
    tensors = param === null ? readSrvgg(bytes) : readByParam(bytes, param);
  } catch (thrown) {
    if (thrown instanceof Wrong) fail(`${binFile}: ${thrown.message}`);
    throw thrown;
  }
  write(output, encode(tensors));
  const count = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  console.log(`${output}: ${tensors.length} tensors, ${count} numbers`);
};

try {
  main(process.argv.slice(2));
} catch (thrown) {
  if (!(thrown instanceof Wrong)) throw thrown;
  console.error(`ncnn-weights: ${thrown.message}`);
  process.exitCode = 1;
}
