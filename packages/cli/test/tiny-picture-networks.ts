/** Networks from pictures to pictures that are quick to run, and files of random weights for them. */
import { writeRandomWeights } from "@tadsr/files";
import { type FloatType, type PictureNetworkConfig, pictureNetwork } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";

export const tinySrvgg: PictureNetworkConfig = { kind: "srvgg", channels: 8, convolutions: 2, factor: 4 };

/** Factor 2, for pictures with even sides. */
export const tinyRrdb: PictureNetworkConfig = { kind: "rrdb", channels: 6, growth: 4, blocks: 1, factor: 2 };

/** Writes a PyTorch file or a safetensors file, by the name's ending. */
export const savePictureNetwork = async (
  file: string,
  config: PictureNetworkConfig,
  dtype: FloatType = "F32",
): Promise<void> => {
  const format = file.endsWith(".pth") ? "pytorch-zip" : "safetensors";
  const { parameters } = pictureNetwork(config);
  const written = await writeRandomWeights(file, parameters, { seed: 1, dtype, format })();
  if (E.isLeft(written)) throw new Error(written.left.message);
};
