/** A manifest on a disk, and the files beside it. For Node. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "@tadsr/core";
import { fileOnDisk } from "@tadsr/files";
import { type ByteFile, fileInMemory, fileUnreadable } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Folder } from "./folder.ts";
import type { VerifyError } from "./manifest.ts";
import type { Row } from "./row.ts";
import { type VerifyOptions, verifyFolder } from "./verify-folder.ts";

/** A folder that cannot be read has no names: what the manifest names is then absent. */
const folderOnDisk = async (path: string): Promise<Folder> => ({
  names: await readdir(path).catch((): string[] => []),
  file: (name) => fileOnDisk(join(path, name)),
});

/** A file that is read as a whole, so that it may be a pipe. */
const wholeFile = (path: string): ByteFile => ({
  name: path,
  open: TE.chain((bytes: Uint8Array) => fileInMemory(path, bytes).open)(
    TE.tryCatch(
      () => readFile(path),
      (thrown) => fileUnreadable(path, thrown),
    ),
  ),
});

/** `verifyFolder` on the folder of the manifest at `path`. */
export const verifyManifest =
  <T>(
    path: string,
    engine: Engine<T>,
    options: VerifyOptions = {},
  ): TE.TaskEither<VerifyError, readonly Row[]> =>
  async () =>
    verifyFolder(await folderOnDisk(dirname(path)), wholeFile(path), engine, options)();
