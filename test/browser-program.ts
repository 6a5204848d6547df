/** A page's use of models and weights that it has as bytes; `browser-bundle.test.ts` bundles it. */
import { referenceEngine } from "@tadsr/core";
import { exportPart, readPart } from "@tadsr/export";
import { describeModel, fileInMemory, fileOfBlob, openCheckpoint, type Picture } from "@tadsr/model";
import { openUpscaler } from "@tadsr/upscale";

const describedModel = (description: Uint8Array, weights: Uint8Array): ReturnType<typeof describeModel> => {
  const file = fileInMemory("weights", weights);
  return describeModel(fileInMemory("model.json", description), { network: file, autoencoder: file });
};

/** The upscaled picture, or what is wrong in one line; `weights` is a checkpoint of any format. */
export const upscaledPicture = async (
  description: Uint8Array,
  weights: Uint8Array,
  picture: Picture,
): Promise<Picture | string> => {
  const model = await describedModel(description, weights)();
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

/** The model's one step as an ONNX file for small pictures, or what is wrong in one line. */
export const onnxFile = async (
  description: Uint8Array,
  weights: Uint8Array,
): Promise<Uint8Array | string> => {
  const model = await describedModel(description, weights)();
  if (model._tag === "Left") return model.left.message;
  const part = await readPart(model.right)();
  if (part._tag === "Left") return part.left.message;
  const exported = exportPart(part.right, { name: "tiny.onnx", size: { height: 8, width: 8 } });
  return exported._tag === "Left" ? exported.left.message : exported.right.bytes;
};
