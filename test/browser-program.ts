/** What a page does with models and weights that it has as bytes; `browser-bundle.test.ts` bundles it. */
import { referenceEngine } from "@tadsr/core";
import { fileInMemory, fileOfBlob, openCheckpoint, type Picture, readModel, upscale } from "@tadsr/model";

/** The enlarged picture, or what is wrong in one line; `weights` is a checkpoint of any format. */
export const enlarge = async (
  description: Uint8Array,
  weights: Uint8Array,
  picture: Picture,
): Promise<Picture | string> => {
  const model = await readModel({
    description: fileInMemory("model.json", description),
    weights: fileInMemory("weights", weights),
  })();
  if (model._tag === "Left") return model.left.message;
  const result = await upscale(referenceEngine, model.right)(picture, { seed: 3, tile: 4 })();
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
