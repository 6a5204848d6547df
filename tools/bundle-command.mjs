#!/usr/bin/env node
/**
 * Bundles the package `tadsr` after `tsc -b`: the command dist/main.js, and the library dist/index.js with its types.
 * What they import from this repository and from npm is inside, except the package's own dependencies. Everything that
 * `tadsr upscale` loads is one file, because a start spends much of its time on finding and reading files. Other
 * commands are chunks that are loaded when they are used. The shipped models are copied to dist/models, and the licences
 * of the bundled packages of npm to dist/LICENSES.txt.
 *
 *   node tools/bundle-command.mjs
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const root = join(import.meta.dirname, "..");
const packages = join(root, "packages");
const home = join(packages, "cli");
const dist = join(home, "dist");
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));

/** Whether npm installs it beside the command, and the bundle imports it from there. */
const isOutside = (name) =>
  Object.keys({ ...dependencies, ...peerDependencies }).some(
    (known) => name === known || name.startsWith(`${known}/`),
  );

/** The bundled code finds the models beside itself. */
const modelsBeside = {
  name: "models-beside",
  load: (file) =>
    file === join(packages, "files", "src", "models-folder.ts")
      ? 'import { join } from "node:path";\nexport const modelsFolder = () => join(import.meta.dirname, "models");\n'
      : null,
};

/** fp-ts as modules, so that the bundler can leave out the functions that nothing calls. */
const fpTsModules = {
  name: "fp-ts-modules",
  resolveId(name, importer) {
    const path = name.replace(/^fp-ts\/lib\//, "fp-ts/es6/");
    return path === name ? null : this.resolve(path, importer, { skipSelf: true });
  },
};

/** `tadsr upscale` loads these files and everything that they import at once. The last two come with `onnx`. */
const LOADED_BY_UPSCALE = [
  "cli/src/command.ts",
  "cli/src/upscale/run.ts",
  "engine-onnx/src/index.ts",
  "runtime-node/src/onnx/sessions.ts",
].map((file) => join(packages, ...file.split("/")));

const loadedByUpscale = (importsOf) => {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const imported of importsOf(file)) visit(imported);
  };
  for (const file of LOADED_BY_UPSCALE) visit(file);
  return found;
};

/** What main.ts loads before the rest. In the chunk of the rest, that would be loaded first. */
const LOADED_FIRST = join(packages, "runtime-node", "src", "cache-folder.ts");

/** One chunk of what `tadsr upscale` loads. The bundler chooses the others. */
const upscaleInOneFile = () => {
  let files = null;
  return {
    debugName: "upscale",
    name: (file, context) => {
      if (file === LOADED_FIRST) return "cache-folder";
      files ??= loadedByUpscale((id) => context.getModuleInfo(id)?.importedIds ?? []);
      return files.has(file) ? "upscale" : null;
    },
  };
};

/** A module that is neither bundled nor installed with the command would be missing. */
const onLog = (_level, { code, message }) => {
  if (code === "UNRESOLVED_IMPORT") throw new Error(message);
};

const bundleCode = () =>
  build({
    input: { main: join(home, "src", "main.ts"), index: join(home, "src", "index.ts") },
    platform: "node",
    external: isOutside,
    plugins: [modelsBeside, fpTsModules],
    onLog,
    output: {
      dir: dist,
      chunkFileNames: "[name]-[hash].js",
      codeSplitting: { groups: [upscaleInOneFile()] },
    },
  });

/** A package's declarations, as `tsc -b` wrote them. */
const declarations = {
  name: "declarations",
  resolveId: {
    order: "pre",
    handler: (name) => {
      const [, folder, entry = "index"] = /^@tadsr\/([\w-]+)(?:\/([\w-]+))?$/.exec(name) ?? [];
      return folder === undefined || isOutside(name) ? null : join(packages, folder, "dist", `${entry}.d.ts`);
    },
  },
};

/** The library's types name none of fp-ts, so it is not installed with the command. */
const bundleTypes = async () => {
  await build({
    input: { index: join(home, ".cache", "types", "index.d.ts") },
    external: (name) => isOutside(name) || name.startsWith("fp-ts/"),
    treeshake: { moduleSideEffects: false },
    plugins: [declarations, dts({ dtsOnly: true, generator: "oxc" })],
    onLog,
    output: { dir: dist },
  });
  if (readFileSync(join(dist, "index.d.ts"), "utf8").includes('"fp-ts/'))
    throw new Error("the library's types name a type of fp-ts");
};

/** The folders of the packages of npm that chunks hold. */
const bundledPackages = (output) => {
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds);
  const folders = modules.flatMap(
    (file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [],
  );
  return [...new Set(folders)].sort();
};

const licenceOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined
      ? `It has no file of its licence, which is ${license}.`
      : readFileSync(join(folder, file), "utf8");
  return `${name} ${version}\n\n${text.trim()}\n`;
};

rmSync(dist, { recursive: true, force: true });
const { output } = await bundleCode();
await bundleTypes();
cpSync(join(packages, "model", "models"), join(dist, "models"), { recursive: true });
writeFileSync(
  join(dist, "LICENSES.txt"),
  bundledPackages(output)
    .map(licenceOf)
    .join(`\n${"-".repeat(80)}\n\n`),
);
const chunks = output.filter(({ type }) => type === "chunk").length;
console.log(`${relative(root, dist).split(sep).join("/")}: ${chunks} files of code`);
