/**
 * The messages of an ONNX file that are written here, for a protobuf library. The numbers of their fields are those of
 * ONNX's interface (onnx/onnx, onnx/onnx.proto).
 */
import protobuf from "protobufjs";

type Fields = Readonly<Record<string, readonly [number, string, "repeated"?]>>;

const message = (fields: Fields): protobuf.IType => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [id, type, rule]]) => [
      name,
      rule === undefined ? { id, type } : { id, type, rule },
    ]),
  ),
});

const root = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: [1, "int64"],
      producerName: [2, "string"],
      producerVersion: [3, "string"],
      docString: [6, "string"],
      graph: [7, "Graph"],
      opsetImport: [8, "OperatorSet", "repeated"],
      metadataProps: [14, "Entry", "repeated"],
    }),
    OperatorSet: message({ domain: [1, "string"], version: [2, "int64"] }),
    Entry: message({ key: [1, "string"], value: [2, "string"] }),
    Graph: message({
      node: [1, "Node", "repeated"],
      name: [2, "string"],
      initializer: [5, "Tensor", "repeated"],
      input: [11, "ValueInfo", "repeated"],
      output: [12, "ValueInfo", "repeated"],
    }),
    Node: message({
      input: [1, "string", "repeated"],
      output: [2, "string", "repeated"],
      name: [3, "string"],
      opType: [4, "string"],
      attribute: [5, "Attribute", "repeated"],
      domain: [7, "string"],
    }),
    Attribute: message({
      name: [1, "string"],
      f: [2, "float"],
      i: [3, "int64"],
      s: [4, "bytes"],
      ints: [8, "int64", "repeated"],
      type: [20, "int32"],
    }),
    Tensor: message({
      dims: [1, "int64", "repeated"],
      dataType: [2, "int32"],
      name: [8, "string"],
      rawData: [9, "bytes"],
      externalData: [13, "Entry", "repeated"],
      dataLocation: [14, "int32"],
    }),
    ValueInfo: message({ name: [1, "string"], type: [2, "Type"] }),
    Type: message({ tensorType: [1, "TensorType"] }),
    TensorType: message({ elemType: [1, "int32"], shape: [2, "Shape"] }),
    Shape: message({ dim: [1, "Dimension", "repeated"] }),
    Dimension: message({ dimValue: [1, "int64"], dimParam: [2, "string"] }),
  },
});

const model = root.lookupType("Model");

/** The bytes of a Model. `content` has the field names above. */
export const encodeMessage = (content: Readonly<Record<string, unknown>>): Uint8Array =>
  model.encode(content).finish();

/** A Model as plain data, with whole numbers as numbers. */
export const decodeMessage = (bytes: Uint8Array): Readonly<Record<string, unknown>> =>
  model.toObject(model.decode(bytes), { longs: Number, arrays: true });
