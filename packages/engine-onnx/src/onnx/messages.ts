/**
 * The messages of an ONNX file that are written here. The numbers of their fields are those of ONNX's interface
 * (onnx/onnx, onnx/onnx.proto).
 */
import { bytes, float, int32, int64, type Kind, many, message, one, outermost, string } from "./protobuf.ts";

/** What a message of that kind holds. */
type Held<K> = K extends Kind<infer A> ? A : never;

const operatorSet = message({ version: one(2, int64) });

const entry = message({ key: one(1, string), value: one(2, string) });

const dimension = message({ dimValue: one(1, int64), dimParam: one(2, string) });

const shape = message({ dim: many(1, dimension) });

const tensorType = message({ elemType: one(1, int32), shape: one(2, shape) });

const valueType = message({ tensorType: one(1, tensorType) });

const valueInfo = message({ name: one(1, string), type: one(2, valueType) });

const tensor = message({
  dims: many(1, int64),
  dataType: one(2, int32),
  name: one(8, string),
  rawData: one(9, bytes),
  externalData: many(13, entry),
  dataLocation: one(14, int32),
});

const attribute = message({
  name: one(1, string),
  f: one(2, float),
  i: one(3, int64),
  s: one(4, bytes),
  ints: many(8, int64),
  type: one(20, int32),
});

const node = message({
  input: many(1, string),
  output: many(2, string),
  name: one(3, string),
  opType: one(4, string),
  attribute: many(5, attribute),
});

const graph = message({
  node: many(1, node),
  name: one(2, string),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
});

const model = outermost({
  irVersion: one(1, int64),
  producerName: one(2, string),
  producerVersion: one(3, string),
  docString: one(6, string),
  graph: one(7, graph),
  opsetImport: many(8, operatorSet),
  metadataProps: many(14, entry),
});

export type AttributeMessage = Held<typeof attribute>;
export type TensorMessage = Held<typeof tensor>;
export type ValueMessage = Held<typeof valueInfo>;

/** The bytes of a Model; `content` has the fields' names above. */
export const encodeMessage = model.encode;

/** A Model as plain data, whole numbers as numbers. */
export const decodeMessage: (bytes: Uint8Array) => Readonly<Record<string, unknown>> = model.decode;
