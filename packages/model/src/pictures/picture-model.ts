/** A file of a network from pictures to pictures, such as Real-ESRGAN's. Only its header is read. */
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { baseName } from "../bytes/base-name.ts";
import type { UnknownArchitecture } from "../inference/architecture.ts";
import type { PictureNetwork } from "../networks/picture-network.ts";
import { type PictureNetworkConfig, pictureNetwork } from "../networks/picture-networks.ts";
import { architectureOf, type WeightSource, type WeightSourceError } from "../paper/weight-source.ts";

/** A second file of the same network. Its weights have this share of the sum, from 0 to 1. */
export interface MixedFile {
  readonly file: WeightSource;
  readonly share: number;
}

export interface PictureModel {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: WeightSource;
  readonly config: PictureNetworkConfig;
  readonly network: PictureNetwork;
  /** null: the file's weights alone. */
  readonly mix: MixedFile | null;
}

const stemOf = (name: string): string => baseName(name).replace(/(?<=.)\.[^.]*$/, "");

/** Null if the file holds a known network of another kind. */
export const describePictureFile = (
  file: WeightSource,
): TE.TaskEither<WeightSourceError | UnknownArchitecture, PictureModel | null> =>
  pipe(
    architectureOf(file),
    TE.map((architecture): PictureModel | null => {
      if (architecture.kind !== "srvgg" && architecture.kind !== "rrdb") return null;
      const { config } = architecture;
      return { name: stemOf(file.file.name), file, config, network: pictureNetwork(config), mix: null };
    }),
  );

/** As a picture's line has it: the file's name, or the shares of two. */
export const pictureModelName = ({ name, mix }: Pick<PictureModel, "name" | "mix">): string =>
  mix === null ? name : `${1 - mix.share} ${name} + ${mix.share} ${stemOf(mix.file.file.name)}`;
