/** Where the models are that come with @tadsr/model: in that package's folder. The bundled command has a copy. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const modelsFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("@tadsr/model/package.json")), "models");
