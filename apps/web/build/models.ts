/** The models that the site offers, and the list by which the page knows their sizes and checksums. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ShippedModel, WeightsFile } from "@tadsr/runtime-web/worker";
import type { ExtraFiles } from "./extra-files.ts";

const NAMES = ["small-x4", "tiny-x4", "stack-x4"];
const FOLDER = join(dirname(fileURLToPath(import.meta.resolve("@tadsr/model/package.json"))), "models");

const contentOf = (file: string): Promise<Uint8Array> => readFile(join(FOLDER, file));

const listed = async (file: string): Promise<WeightsFile> => {
  const content = await contentOf(file);
  return { file, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
};

const manifest = async (): Promise<Uint8Array> => {
  const models = NAMES.map(async (name): Promise<readonly [string, ShippedModel]> => {
    const description = await listed(`${name}/model.json`);
    return [name, { description, weights: await listed(`${name}/model.safetensors`) }];
  });
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(await Promise.all(models)), null, 1));
};

/** Under `models/`. */
export const modelFiles = (): ExtraFiles =>
  new Map([
    ["models/manifest.json", manifest],
    ...NAMES.flatMap((name) =>
      ["model.json", "model.safetensors"].map((file): [string, () => Promise<Uint8Array>] => [
        `models/${name}/${file}`,
        () => contentOf(`${name}/${file}`),
      ]),
    ),
  ]);
