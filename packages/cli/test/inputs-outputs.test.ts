import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inputFailure } from "../src/failure.ts";
import { writeSafely } from "../src/safe-file.ts";
import { displayPath, userFolder } from "../src/shell.ts";
import { expandInputs } from "../src/upscale/inputs.ts";
import { destinationOf, planOutputs } from "../src/upscale/outputs.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const put = (...names: readonly string[]): void => {
  for (const name of names) {
    mkdirSync(join(folder.path, name, ".."), { recursive: true });
    writeFileSync(join(folder.path, name), "x");
  }
};

const expand = async (...named: readonly string[]) => {
  const { shell } = memoryShell(folder.path);
  const inputs = await expandInputs(shell, named);
  return {
    paths: inputs.paths.map((path) => displayPath(shell, path)),
    skipped: inputs.skipped.map((path) => displayPath(shell, path)),
    failures: inputs.refused.map(({ failure }) => failure.message),
    isSingle: inputs.isSingle,
  };
};

describe("inputs", () => {
  it("takes the pictures directly in a folder, sorted, and nothing else", async () => {
    put("p/b.JPG", "p/a.png", "p/c.webp", "p/notes.txt", "p/.hidden.png", "p/deeper/d.png");
    expect(await expand("p")).toEqual({
      paths: ["p/a.png", "p/b.JPG", "p/c.webp"],
      skipped: [],
      failures: [],
      isSingle: false,
    });
  });

  it("leaves out the outputs of an earlier run, but not one that is named, or that has no source", async () => {
    put("p/a.jpg", "p/a-4x.png", "p/lonely-4x.png");
    expect(await expand("p")).toMatchObject({
      paths: ["p/a.jpg", "p/lonely-4x.png"],
      skipped: ["p/a-4x.png"],
    });
    expect((await expand("p/*.png")).paths).toEqual(["p/a-4x.png", "p/lonely-4x.png"]);
    expect((await expand("p/a-4x.png")).paths).toEqual(["p/a-4x.png"]);
  });

  it("matches quoted patterns, also into subfolders", async () => {
    put("p/a.png", "p/q/b.png", "p/q/c.txt");
    expect((await expand("p/**/*.{png,txt}")).paths).toEqual(["p/a.png", "p/q/b.png"]);
    expect((await expand("p/*.png")).isSingle).toBe(false);
  });

  it("takes a file whose name looks like a pattern as the file", async () => {
    put("a[1].png");
    expect(await expand("a[1].png")).toMatchObject({ paths: ["a[1].png"], isSingle: true, failures: [] });
  });

  it("takes each picture once", async () => {
    put("p/a.png");
    expect((await expand("p/a.png", "p", "p/*.png")).paths).toEqual(["p/a.png"]);
  });

  it("says what is missing and goes on", async () => {
    put("a.png", "empty/readme.txt");
    expect(await expand("no.png", "a.png", "empty", "x*.png")).toEqual({
      paths: ["a.png"],
      skipped: [],
      failures: [
        "no.png: it does not exist; check the name",
        "empty: no PNG, JPEG or WebP picture in this folder (subfolders are not searched); name a folder that has some",
        "x*.png: no PNG, JPEG or WebP picture matches this pattern; check it",
      ],
      isSingle: false,
    });
  });
});

const plan = async (named: readonly string[], out?: string, force = false) => {
  const { shell } = memoryShell(folder.path);
  const inputs = await expandInputs(shell, named);
  const destination = await destinationOf(shell, out, inputs);
  if (E.isLeft(destination)) return { refused: destination.left };
  const { jobs, refused } = await planOutputs(shell, inputs.paths, destination.right, force);
  return {
    outputs: jobs.map(({ output, format }) => [output === "-" ? "-" : displayPath(shell, output), format]),
    failures: refused.map(({ failure }) => failure.message),
  };
};

describe("outputs", () => {
  it("go beside the picture by default", async () => {
    put("p/a.jpg");
    expect(await plan(["p/a.jpg"])).toEqual({ outputs: [["p/a-4x.png", "png"]], failures: [] });
  });

  it("go to the file, or the folder, that -o names", async () => {
    put("a.jpg", "b.jpg", "there/x.txt");
    expect(await plan(["a.jpg"], "big.webp")).toMatchObject({ outputs: [["big.webp", "webp"]] });
    expect(await plan(["a.jpg"], "there")).toMatchObject({ outputs: [["there/a-4x.png", "png"]] });
    expect(await plan(["a.jpg"], "new/")).toMatchObject({ outputs: [["new/a-4x.png", "png"]] });
    expect(await plan(["a.jpg", "b.jpg"], "new")).toMatchObject({
      outputs: [
        ["new/a-4x.png", "png"],
        ["new/b-4x.png", "png"],
      ],
    });
  });

  it("refuse an extension that is no picture format, and one file for several pictures", async () => {
    put("a.jpg", "b.jpg");
    expect(await plan(["a.jpg"], "a.tiff")).toMatchObject({ refused: { _tag: "Usage" } });
    expect(await plan(["a.jpg"], "a-big")).toMatchObject({
      refused: { message: "output a-big has no extension; name it .png, .jpg, .jpeg or .webp" },
    });
    expect(await plan(["a.jpg", "b.jpg"], "x.png")).toMatchObject({
      refused: { message: "-o x.png names one file, and a folder, pattern or list was given; name a folder" },
    });
    expect(await plan(["a.jpg", "b.jpg"], "-")).toMatchObject({ refused: { _tag: "Usage" } });
  });

  it("never replace a file unforced, nor the picture itself even forced", async () => {
    put("a.png", "a-4x.png");
    linkSync(join(folder.path, "a.png"), join(folder.path, "same.png"));
    expect(await plan(["a.png"])).toEqual({
      outputs: [],
      failures: ["output a-4x.png exists already; add --force to replace it"],
    });
    expect(await plan(["a.png"], undefined, true)).toMatchObject({ outputs: [["a-4x.png", "png"]] });
    const itself = "the output would replace the picture itself; name another with -o";
    expect(await plan(["a.png"], "a.png", true)).toMatchObject({ failures: [`a.png: ${itself}`] });
    expect(await plan(["a.png"], "same.png", true)).toMatchObject({ failures: [`same.png: ${itself}`] });
  });

  it("never meet: of two pictures with one output the second is refused", async () => {
    put("a.png", "a.jpg", "b.jpg");
    expect(await plan(["a.jpg", "a.png", "b.jpg"], "out/")).toEqual({
      outputs: [
        ["out/a-4x.png", "png"],
        ["out/b-4x.png", "png"],
      ],
      failures: ["a.png: its output a-4x.png is also that of a.jpg; upscale it by itself with -o"],
    });
  });

  it("go from standard input to standard output, one picture, and not to a terminal", async () => {
    put("a.png");
    expect(await plan(["-"])).toEqual({ outputs: [["-", "png"]], failures: [] });
    expect(await plan(["-"], "a.jpg")).toMatchObject({ outputs: [["a.jpg", "jpeg"]] });
    expect(await plan(["-", "a.png"])).toMatchObject({ refused: { _tag: "Usage" } });
    const { shell } = memoryShell(folder.path, { isTerminal: true });
    const inputs = await expandInputs(shell, ["-"]);
    expect(await destinationOf(shell, undefined, inputs)).toMatchObject({
      left: { message: expect.stringContaining("the picture would go to the terminal") },
    });
  });
});

describe("writing safely", () => {
  const write = (output: string, text: string, force = false) => {
    const memory = memoryShell(folder.path);
    const task = writeSafely(
      memory.shell,
      join(folder.path, output),
      force,
    )((draft) =>
      TE.fromIO(() => {
        expect(memory.undoing.size).toBe(1);
        writeFileSync(draft, text);
        return draft;
      }),
    );
    return { memory, task };
  };

  it("renames the finished draft and leaves nothing else", async () => {
    const { memory, task } = write("a.txt", "whole");
    expect(E.isRight(await task())).toBe(true);
    expect(readdirSync(folder.path)).toEqual(["a.txt"]);
    expect(readFileSync(join(folder.path, "a.txt"), "utf8")).toBe("whole");
    expect(memory.undoing.size).toBe(0);
  });

  it("leaves nothing when the work fails", async () => {
    const { shell } = memoryShell(folder.path);
    const work = (draft: string) => {
      writeFileSync(draft, "half");
      return TE.left(inputFailure("no"));
    };
    expect(await writeSafely(shell, join(folder.path, "a.txt"), false)(work)()).toMatchObject({
      left: { message: "no" },
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("removes the draft when it is interrupted in the middle", async () => {
    const memory = memoryShell(folder.path);
    const work = (draft: string) =>
      TE.fromIO(() => {
        writeFileSync(draft, "half");
        for (const undo of memory.undoing) undo();
        expect(readdirSync(folder.path)).toEqual([]);
      });
    expect(E.isLeft(await writeSafely(memory.shell, join(folder.path, "a.txt"), false)(work)())).toBe(true);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("refuses a file that exists, one that appears meanwhile, a folder, and a place under a file", async () => {
    put("old.txt", "file");
    expect(await write("old.txt", "new").task()).toMatchObject({
      left: { message: "output old.txt exists already; add --force to replace it" },
    });
    expect(readFileSync(join(folder.path, "old.txt"), "utf8")).toBe("x");
    expect(E.isRight(await write("old.txt", "new", true).task())).toBe(true);
    expect(readFileSync(join(folder.path, "old.txt"), "utf8")).toBe("new");
    const { shell } = memoryShell(folder.path);
    const race = writeSafely(
      shell,
      join(folder.path, "race.txt"),
      false,
    )((draft) =>
      TE.fromIO(() => {
        writeFileSync(draft, "mine");
        put("race.txt");
      }),
    );
    expect(E.isLeft(await race())).toBe(true);
    expect(readFileSync(join(folder.path, "race.txt"), "utf8")).toBe("x");
    expect(await write("file/a.txt", "").task()).toMatchObject({
      left: {
        message:
          "output file/a.txt cannot be written: a part of its path is a file, not a folder; name another place",
      },
    });
    expect(readdirSync(folder.path).sort()).toEqual(["file", "old.txt", "race.txt"]);
  });
});

describe("the user's folder", () => {
  const workspace = { npm_package_name: "tadsr-workspace", INIT_CWD: "/home/me/photos" };
  it("is where pnpm was typed for the workspace's own scripts", () => {
    expect(userFolder({ ...workspace, npm_lifecycle_event: "upscale" }, "/w")).toBe("/home/me/photos");
    expect(userFolder({ ...workspace, npm_lifecycle_event: "tadsr" }, "/w")).toBe("/home/me/photos");
  });
  it("is the working directory everywhere else", () => {
    expect(userFolder({}, "/w")).toBe("/w");
    expect(userFolder({ ...workspace, npm_lifecycle_event: "test" }, "/w")).toBe("/w");
    const other = { npm_package_name: "mine", npm_lifecycle_event: "upscale", INIT_CWD: "/elsewhere" };
    expect(userFolder(other, "/w")).toBe("/w");
  });
});
