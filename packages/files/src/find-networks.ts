/** Finds networks that need no model around them: to count what they cost, or to look at. */

import {
  type PaperModelError,
  type PictureNetwork,
  type PublishedModel,
  pictureNetwork,
  publishedModels,
  publishedPictureNetworks,
} from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describePictureFile } from "./describe-files.ts";
import { isFile } from "./exists.ts";

/** It is no published name, and there is no such file. */
export interface UnknownNetwork {
  readonly _tag: "UnknownNetwork";
  readonly name: string;
  readonly message: string;
}

/** The file's network does not make a picture of a picture. */
export interface NotOfPictures {
  readonly _tag: "NotOfPictures";
  readonly file: string;
  readonly message: string;
}

export type FindNetworksError = UnknownNetwork | NotOfPictures | PaperModelError;

const unknownNetwork = (name: string): UnknownNetwork => {
  const names = [...Object.keys(publishedModels), ...Object.keys(publishedPictureNetworks)].join(", ");
  return {
    _tag: "UnknownNetwork",
    name,
    message: `${name}: neither a published model (${names}) nor a file of weights`,
  };
};

const notOfPictures = (file: string): NotOfPictures => {
  const names = Object.keys(publishedModels).join(", ");
  return {
    _tag: "NotOfPictures",
    file,
    message: `${file}: it is no network from pictures to pictures; for the paper's models give the published name (${names})`,
  };
};

const isKeyOf = <T extends object>(all: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(all, name);

/**
 * The networks of a published model by its name, or a network from pictures to pictures by its published name or its
 * file. Of a file only the header is read.
 */
export const findNetworks = (
  nameOrFile: string,
): TE.TaskEither<FindNetworksError, PublishedModel | PictureNetwork> => {
  if (isKeyOf(publishedModels, nameOrFile)) return TE.right(publishedModels[nameOrFile]);
  if (isKeyOf(publishedPictureNetworks, nameOrFile))
    return TE.right(pictureNetwork(publishedPictureNetworks[nameOrFile]));
  return async () => {
    if (!(await isFile(nameOrFile))) return TE.left(unknownNetwork(nameOrFile))();
    return TE.chainW((model: { readonly network: PictureNetwork } | null) =>
      model === null ? TE.left(notOfPictures(nameOrFile)) : TE.right(model.network),
    )(describePictureFile({ file: nameOrFile }))();
  };
};
