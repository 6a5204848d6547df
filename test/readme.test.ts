/**
 * The documents are correct: the programs in them run and print what their comments say, the commands and options in
 * them exist, and every link leads to something.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../packages/cli/src/program.ts";
import { memoryShell } from "../packages/cli/test/memory-shell.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const readmes = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => `packages/${entry.name}/README.md`);
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", ...readmes];
/** The programs of @tadsr/laws need the reader's own backend; @tadsr/model runs its own. */
const withPrograms = documents.filter((path) => !/^packages\/(laws|model)\//.test(path));

/** The fenced blocks of one language. */
const blocks = (path: string, language: string): readonly string[] =>
  [...read(path).matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, text]) =>
    name === language && text !== undefined ? [text] : [],
  );

const programs = withPrograms.flatMap((path) =>
  blocks(path, "ts").map((text, i) => [`program ${i + 1} of ${path}`, path, text] as const),
);

/** What the comments after `console.log(...)` say is printed, line by line. */
const expected = (program: string): readonly string[] =>
  [...program.matchAll(/^\s*console\.log\(.*\);? \/\/ (.*)$/gm)].map(([, line]) => line ?? "");

/** Beside the document, so that a program finds what its package depends on. */
const folderFor = (path: string): string => join(root, dirname(path), ".cache", `readme-${process.pid}`);
afterAll(() => {
  for (const path of withPrograms) {
    const folder = folderFor(path);
    rmSync(folder, { recursive: true, force: true });
    const parent = dirname(folder);
    if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
  }
});

/** Runs programs one after another. Writes a line of JSON after each: what it threw, or null. */
const RUN_PROGRAMS = `
for (const file of process.argv.slice(1)) {
  const thrown = await import(file).then(() => null, (error) => String(error?.stack ?? error));
  process.stdout.write("\\0" + JSON.stringify(thrown) + "\\0");
}
`;

/** What each program prints, and what it throws, in one process: it loads what they share once. */
const finished = new Map<string, { readonly printed: string; readonly thrown: unknown }>();

beforeAll(() => {
  const files = programs.map(([title, path, text]) => {
    const folder = folderFor(path);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${title.replaceAll(/\W+/g, "-")}.mts`);
    writeFileSync(file, text);
    return pathToFileURL(file).href;
  });
  const words = ["--import", "tsx", "--input-type=module", "--eval", RUN_PROGRAMS, ...files];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  const parts = stdout.split("\0");
  programs.forEach(([title], n) => {
    const [printed = "", thrown] = parts.slice(2 * n, 2 * n + 2);
    finished.set(title, { printed, thrown: thrown === undefined ? stderr : JSON.parse(thrown) });
  });
}, 120_000);

test("there are programs in README.md", () => {
  expect(programs.filter(([, path]) => path === "README.md").length).toBeGreaterThan(0);
});

test.each(programs)("%s runs and prints what its comments say", (title, _, text) => {
  const { printed, thrown } = finished.get(title) ?? { printed: "", thrown: "it did not run" };
  expect(thrown).toBeNull();
  expect(printed.trim().split("\n")).toEqual(expected(text));
});

const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** The other command that a package has. */
const [setUp] = Object.keys(JSON.parse(read("packages/runtime-cuda/package.json")).bin);

/** The help of a command, or of tadsr itself if there are no words. */
const helpOf = async (words: readonly string[]): Promise<string> => {
  const { shell, out } = memoryShell(root);
  await run(shell, [...words, "--help"]);
  return out();
};

const commandsOf = (help: string): readonly string[] =>
  [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([\w-]+) /gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );

const commandLines = withPrograms.flatMap((path) =>
  blocks(path, "sh").flatMap((text) =>
    text
      // A line that ends in a backslash continues on the next line.
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [path, line] as const),
  ),
);

test.each(commandLines)("%s: `%s` is a command line that exists", async (_, line) => {
  const words = line.replace(/\s+#.*$/, "").split(/\s+/);
  if (words[0] === "git" || words[0] === "cd" || (words[0] === "npm" && words[1] === "install")) return;
  if (words[0] === "npx" && (words[1] === "vitest" || words[1] === "tsx")) {
    const file = words.find((word) => word.endsWith(".ts"));
    expect(file !== undefined && existsSync(join(root, file))).toBe(true);
    return;
  }
  if (words[0] === "npx" && words[1] === setUp) return;
  const isTadsr = words[0] === "npx" && words[1] === "tadsr";
  const [script = "", ...rest] = isTadsr ? ["tadsr", ...words.slice(2)] : words.slice(3);
  if (!isTadsr) expect(words.slice(0, 3)).toEqual(["npx", "-y", "pnpm@12"]);
  if (script === "install") return;
  expect(Object.keys(scripts)).toContain(script);
  if (script !== "tadsr" && script !== "upscale") return;
  const typed = script === "upscale" ? ["upscale", ...rest] : rest;
  const [command = "", sub = ""] = typed;
  const names = commandsOf(await helpOf([])).includes(command) ? [command] : [];
  expect(names).toEqual([command]);
  const path = commandsOf(await helpOf(names)).includes(sub) ? [command, sub] : names;
  const options = rest.filter((word) => word.startsWith("--"));
  const help = await helpOf(path);
  for (const option of options) expect(help).toMatch(new RegExp(`(^|\\s)${option}\\b`, "m"));
});

test("README.md's table of commands names each command once, and no other", async () => {
  const table = [...read("README.md").matchAll(/^\| `([\w-]+)` \| [^|\n]* \|$/gm)].map(([, name]) => name);
  expect([...table].sort()).toEqual([...commandsOf(await helpOf([]))].sort());
});

test("README.md's table of runtimes names each runtime that upscale takes", async () => {
  const choices =
    /--runtime <name>[^(]*\(choices: ([^)]*?), default/s.exec(await helpOf(["upscale"]))?.[1] ?? "";
  const named = [...choices.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const table = [...read("README.md").matchAll(/^\| `(\w+)` \| (?:[^|\n]*\|){4}$/gm)].map(([, name]) => name);
  expect([...table].sort()).toEqual([...named].sort());
});

test.each(documents)("every link of %s leads to something", (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? "");
  const missing = targets.filter(
    (target) => !/^https?:/.test(target) && !existsSync(join(root, dirname(path), target)),
  );
  expect(missing).toEqual([]);
});
