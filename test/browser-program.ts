/** A page's use of models and weights that it has as bytes; `browser-bundle.test.ts` bundles it. */
import { referenceEngine } from "@tadsr/core";
import { DEFAULT_OPSET, encodeModel, exportGraph, given, termAlgebra } from "@tadsr/engine-onnx";
import { describeModel, fileInMemory, fileOfBlob, openCheckpoint, type Picture } from "@tadsr/model";
import { openUpscaler } from "@tadsr/upscale";

/** The upscaled picture, or what is wrong in one line; `weights` is a checkpoint of any format. */
export const enlarge = async (
  description: Uint8Array,
  weights: Uint8Array,
  picture: Picture,
): Promise<Picture | string> => {
  const file = fileInMemory("weights", weights);
  const files = { network: file, autoencoder: file };
  const model = await describeModel(fileInMemory("model.json", description), files)();
  if (model._tag === "Left") return model.left.message;
  const upscaler = await openUpscaler(referenceEngine, model.right, { seed: 3, tile: 4 })();
  if (upscaler._tag === "Left") return upscaler.left.message;
  const result = await upscaler.right.upscale(picture)();
  upscaler.right.close();
  return result._tag === "Left" ? result.left.message : result.right;
};

/** The first number of each tensor in a file that the user chose, or what is wrong in one line. */
export const firstNumbers = async (file: Blob): Promise<readonly string[] | string> => {
  const checkpoint = await openCheckpoint(fileOfBlob("chosen.pth", file))();
  if (checkpoint._tag === "Left") return checkpoint.left.message;
  const { groups, read, close } = checkpoint.right;
  const found: string[] = [];
  for (const entry of groups.flatMap(({ entries }) => [...entries.values()])) {
    const tensor = await read(entry)();
    found.push(`${entry.name} ${tensor._tag === "Left" ? tensor.left.message : tensor.right.data[0]}`);
  }
  await close();
  return found;
};

/** An ONNX file that brightens a picture of that size and then takes a third of it, or what is wrong in one line. */
export const brightening = (height: number, width: number): Uint8Array | string => {
  const shape = [1, height, width, 3];
  const data = new Float32Array(3 * height * width);
  const picture = given("image", { shape, data }, "data");
  const light = given("image", { shape, data: data.map((_, place) => place) }, "constant");
  const result = termAlgebra.scale(termAlgebra.add(picture, light), 1 / 3);
  const graph = exportGraph(
    {
      inputs: [{ name: "picture", term: picture }],
      filtered: [],
      outputs: [{ name: "result", term: result }],
    },
    { opset: DEFAULT_OPSET, winograd: "never", openSizes: false },
  );
  return graph._tag === "Left" ? graph.left.message : encodeModel(graph.right);
};
