#!/usr/bin/env node
/**
 * Fails on an import cycle, on a dependency in the wrong direction between packages, on an import that the package's
 * manifest does not declare (or a declared one that nothing imports), on one of Node's modules in code that must run in
 * a browser too, and on a device's backend or a runtime's engine that is imported before the runtime is opened. An import
 * of types counts as a dependency between packages. It does not count in a cycle, nor as one of Node's modules, since it
 * is gone when the program runs.
 *
 *   node tools/check-imports.mjs [folder that holds packages/; by default this repository]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "vite";

/** The packages that each package may import, by folder under packages/, and apps. One missing here fails the check. */
const mayImport = {
  core: [],
  laws: ["core"],
  model: ["core"],
  metadata: ["model"],
  files: ["core", "metadata", "model"],
  upscale: ["core", "model", "engine-cost"],
  export: ["core", "model", "engine-onnx"],
  metrics: ["core", "model"],
  train: ["core", "model", "files"],
  verify: ["core", "model", "files", "train"],
  evaluate: ["core", "model", "files", "metrics", "train", "upscale"],
  "engine-tfjs": ["core"],
  "engine-cost": ["core"],
  "engine-onnx": ["core", "engine-cost"],
  "runtime-node": ["core", "engine-onnx", "engine-tfjs"],
  "runtime-cuda": ["core", "engine-tfjs"],
  "runtime-web": ["core", "engine-onnx", "engine-tfjs", "metadata", "model", "upscale"],
  "apps/web": ["core", "metadata", "model", "runtime-web", "upscale"],
  cli: [
    "core",
    "model",
    "files",
    "metrics",
    "train",
    "upscale",
    "verify",
    "export",
    "evaluate",
    "engine-onnx",
    "engine-tfjs",
    "runtime-node",
    "runtime-cuda",
    "runtime-web",
  ],
};

/**
 * Packages that are published as a bundle (tools/bundle-command.mjs). Their devDependencies are bundled, and their
 * dependencies are those of everything in the bundle.
 */
const isBundled = (folder) => folder === "cli";

/** The only npm packages that core may import. */
const npmOfCore = ["fp-ts"];

/** Whether a package runs in a browser as in Node. Other packages use files, sockets and processes. */
const runsEverywhere = (folder) =>
  ["core", "model", "metadata", "upscale", "export", "metrics", "runtime-web", "apps/web"].includes(folder) ||
  folder.startsWith("engine-");

/** Modules that run in a browser too, of packages that else use Node's. Other packages import them by these names. */
const plainModules = { verify: ["plain"], train: ["algorithm-one"] };

/** Whether a package drives a device. Only a runtime may import it, and only when it is opened. */
const isBackend = (name) =>
  /^@tensorflow\/tfjs-(backend-|node|react-native)|^onnxruntime|^webgpu$/.test(name);
const isRuntime = (folder) => folder.startsWith("runtime-");

const root = resolve(process.argv[2] ?? join(import.meta.dirname, ".."));

const sourcesUnder = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory())
          return ["node_modules", "dist", ".cache"].includes(entry.name) ? [] : sourcesUnder(path);
        return /\.(ts|tsx|mts|mjs)$/.test(entry.name) ? [path] : [];
      })
    : [];

/** Every import of a file: its name, whether it waits for a function's call, whether it imports types. */
const importsOf = (file) => {
  const { program, errors } = parseSync(file, readFileSync(file, "utf8"));
  if (errors.length > 0) throw new Error(`${relative(root, file)}: ${errors[0].message}`);
  const found = [];
  const visit = (node, insideFunction) => {
    if (Array.isArray(node)) for (const item of node) visit(item, insideFunction);
    else if (node !== null && typeof node === "object" && typeof node.type === "string") {
      const isType = node.importKind === "type" || node.exportKind === "type" || node.type === "TSImportType";
      const source = node.source ?? (node.type === "TSImportType" ? node.argument : undefined);
      const name = source?.value ?? source?.literal?.value;
      const lazy = isType || (node.type === "ImportExpression" && insideFunction);
      if (typeof name === "string") found.push({ name, lazy, isType });
      const deeper = insideFunction || /Function/.test(node.type);
      for (const key of Object.keys(node)) visit(node[key], deeper);
    }
  };
  visit(program, false);
  return found;
};

const files = ["packages", "apps", "examples", "test"].flatMap((folder) => sourcesUnder(join(root, folder)));
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const faults = [];
const fault = (file, text) => faults.push(`${relative(root, file).split(sep).join("/")}: ${text}`);

const isRelative = (name) => name.startsWith(".");
const packageName = (name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/");
const isBuiltin = (name) => name.startsWith("node:") || builtinModules.includes(name);

// Cycles, by depth-first search over the relative imports.
const state = new Map();
const search = (file, path) => {
  if (state.get(file) === "done") return;
  if (state.get(file) === "open") {
    const cycle = [...path.slice(path.indexOf(file)), file];
    fault(
      file,
      `import cycle: ${cycle.map((step) => relative(root, step).split(sep).join("/")).join(" -> ")}`,
    );
    return;
  }
  state.set(file, "open");
  for (const { name, isType } of imports.get(file) ?? []) {
    if (isRelative(name) && !isType) search(resolve(dirname(file), name), [...path, file]);
  }
  state.set(file, "done");
};
for (const file of files) search(file, []);

for (const file of files) {
  for (const { name } of imports.get(file)) {
    if (!isRelative(name)) continue;
    const target = resolve(dirname(file), name);
    if (!existsSync(target)) fault(file, `imports ${name}, which does not exist`);
  }
}

// Between packages. An app's name here has its folder before it.
const foldersIn = (parent, prefix) =>
  existsSync(join(root, parent))
    ? readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => ({ name: `${prefix}${name}`, home: join(root, parent, name) }))
    : [];
const homes = new Map(
  [...foldersIn("packages", ""), ...foldersIn("apps", "apps/")]
    .filter(({ home }) => existsSync(join(home, "package.json")))
    .map(({ name, home }) => [name, home]),
);
const manifests = new Map(
  [...homes].map(([name, home]) => [name, JSON.parse(readFileSync(join(home, "package.json"), "utf8"))]),
);
const folderOf = new Map([...manifests].map(([folder, manifest]) => [manifest.name, folder]));

const importedAnywhere = new Set(
  [...imports.values()].flatMap((found) => found.map(({ name }) => packageName(name))),
);

/** A module, and those of its package that it reaches by the imports that count. */
const reachedFrom = (file, counts, found = new Set()) => {
  if (found.has(file) || !imports.has(file)) return found;
  found.add(file);
  for (const entry of imports.get(file))
    if (isRelative(entry.name) && counts(entry))
      reachedFrom(resolve(dirname(file), entry.name), counts, found);
  return found;
};

/** The files that are loaded with a module: itself, and what it imports before any of its functions is called. */
const loadedWith = (file) => reachedFrom(file, ({ lazy }) => !lazy);

/** Whether a package, or the module of it that is imported, runs in a browser too. Of npm's, those that core imports. */
const isPlain = (name) => {
  const dependency = packageName(name);
  const target = folderOf.get(dependency);
  if (target === undefined) return npmOfCore.includes(dependency);
  return runsEverywhere(target) || (plainModules[target] ?? []).includes(name.slice(dependency.length + 1));
};

for (const [folder, modules] of Object.entries(plainModules))
  for (const module of modules)
    for (const file of reachedFrom(
      join(root, "packages", folder, "src", `${module}.ts`),
      ({ isType }) => !isType,
    ))
      for (const { name, isType } of imports.get(file))
        if (!isRelative(name) && !isType && !isPlain(name))
          fault(file, `imports ${name}: ${folder}/${module} runs everywhere, so not what needs Node`);

for (const [folder, manifest] of manifests) {
  const home = homes.get(folder);
  const allowed = mayImport[folder];
  if (allowed === undefined) {
    fault(join(home, "package.json"), `tools/check-imports.mjs does not say what ${folder} may import`);
    continue;
  }
  const bundled = isBundled(folder) ? manifest.devDependencies : {};
  const declared = new Set(
    Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...bundled }),
  );
  const used = new Set();
  const atOnce = isRuntime(folder) ? loadedWith(join(home, "src", "index.ts")) : new Set();
  for (const file of ["src", "bin"].flatMap((part) => sourcesUnder(join(home, part)))) {
    for (const { name, lazy, isType } of imports.get(file)) {
      if (isRelative(name)) {
        const inside = resolve(dirname(file), name).startsWith(join(home, "src") + sep);
        if (!inside) fault(file, `imports ${name} from outside its package's src`);
        continue;
      }
      if (isBuiltin(name)) {
        if (runsEverywhere(folder) && !isType)
          fault(file, `${folder} imports ${name}: it runs everywhere, so not Node's modules`);
        continue;
      }
      const dependency = packageName(name);
      used.add(dependency);
      if (!declared.has(dependency)) fault(file, `imports ${name}, which its package.json does not declare`);
      const target = folderOf.get(dependency);
      if (target !== undefined && !allowed.includes(target))
        fault(file, `${folder} must not import ${target}`);
      if (target === undefined && folder === "core" && !npmOfCore.includes(dependency))
        fault(file, `core imports ${name}: it may import ${npmOfCore.join(", ")} only`);
      if (isBackend(dependency) && !isRuntime(folder)) fault(file, `only a runtime imports ${dependency}`);
      if (target?.startsWith("engine-") && atOnce.has(file) && !lazy)
        fault(file, `imports ${dependency} before a runtime is opened`);
      if (isBackend(dependency) && !lazy) fault(file, `imports ${dependency} before its runtime is opened`);
    }
  }
  for (const dependency of Object.keys(manifest.dependencies ?? {}))
    if (!used.has(dependency) && !(isBundled(folder) && importedAnywhere.has(dependency)))
      fault(join(home, "package.json"), `declares ${dependency}, which nothing imports`);
}

for (const line of [...new Set(faults)].sort()) console.error(line);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${files.length} files: no import cycle, every dependency points the right way`);
