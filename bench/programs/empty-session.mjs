/**
 * The least that a program on ONNX Runtime does before its first result: it loads onnxruntime-node, opens a session on
 * a graph of one Identity node, and runs it. It says on standard error when the session is open and when it has run, as
 * `tadsr` does with TADSR_TRACE=1.
 *
 *   node programs/empty-session.mjs <folder with onnxruntime-node in its node_modules>
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";

/**
 * A field of the protobuf format: a number, or bytes with their length. All of them here are shorter than 128 bytes.
 */
const number = (field, value) => Buffer.from([field << 3, value]);
const bytes = (field, ...parts) => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), content]);
};

/** A ValueInfoProto: one float32. */
const FLOAT32 = 1;
const value = (field, name) => {
  const shape = bytes(2, bytes(1, number(1, 1)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, FLOAT32), shape)));
};

const node = bytes(1, bytes(1, "x"), bytes(2, "y"), bytes(4, "Identity"));
const graph = bytes(7, node, bytes(2, "empty"), value(11, "x"), value(12, "y"));
/** A ModelProto: format version 8, operators of version 17. */
const model = Buffer.concat([number(1, 8), bytes(8, number(2, 17)), graph]);

const trace = (event) => process.stderr.write(`trace ${event} ${performance.now().toFixed(1)}\n`);

const ort = createRequire(resolve(process.argv[2], "package.json"))("onnxruntime-node");
const session = await ort.InferenceSession.create(model);
trace("session-open");
const { y } = await session.run({ x: new ort.Tensor("float32", Float32Array.of(2), [1]) });
if (y.data[0] !== 2) throw new Error(`the empty session gave ${y.data[0]} for 2`);
trace("session-ran");
