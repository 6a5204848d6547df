import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DRAFTS, throughDrafts } from "../src/drafts.ts";
import { removeDrafts, replaceFile, replaceFiles } from "../src/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tadsr-replace-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const words = (name: string): string => readFileSync(at(name), "utf8");

type Work = (drafts: readonly [string, string]) => Promise<E.Either<string, void>>;

const both = (work: Work, replace = true) =>
  replaceFiles([at("a.data"), at("a")], { replace })((drafts) => () => work(drafts))();

/** Makes both drafts. */
const writeBoth = ([data, a]: readonly [string, string]): void => {
  writeFileSync(data, "new data");
  writeFileSync(a, "new");
};

describe("replacing files together", () => {
  it("puts all in place, and leaves nothing else", async () => {
    writeFileSync(at("a.data"), "old data");
    const done = await both(async (drafts) => {
      expect(drafts.map((draft) => basename(draft))).toEqual(["a.data", "a"]);
      expect(basename(dirname(drafts[0])).startsWith(DRAFTS)).toBe(true);
      writeBoth(drafts);
      expect(words("a.data")).toBe("old data");
      return E.right(undefined);
    });
    expect(done).toEqual(E.right(undefined));
    expect([words("a.data"), words("a")]).toEqual(["new data", "new"]);
    expect(readdirSync(folder).sort()).toEqual(["a", "a.data"]);
  });

  it("leaves all as it was if the work fails midway, throws, or makes only some of the drafts", async () => {
    writeFileSync(at("a.data"), "old data");
    const half: Work = async ([data]) => {
      writeFileSync(data, "half");
      return E.left("no space");
    };
    expect(await both(half)).toEqual(E.left("no space"));
    const thrown: Work = async ([data]) => {
      writeFileSync(data, "half");
      throw new Error("a defect");
    };
    await expect(both(thrown)).rejects.toThrow("a defect");
    const some: Work = async ([data]) => {
      writeFileSync(data, "new");
      return E.right(undefined);
    };
    expect(await both(some)).toMatchObject({ left: { _tag: "FileUnwritable" } });
    expect(words("a.data")).toBe("old data");
    expect(readdirSync(folder)).toEqual(["a.data"]);
  });

  it("brings back what was there if a draft cannot be moved after others were", async () => {
    writeFileSync(at("one"), "old");
    // No file can be moved over a folder.
    mkdirSync(at("three/inner"), { recursive: true });
    const done = throughDrafts(
      [at("one"), at("two"), at("three")],
      { check: TE.right(undefined) },
      (drafts) =>
        TE.fromIO(() => {
          for (const draft of drafts()) writeFileSync(draft, "new");
        }),
    );
    expect(await done()).toMatchObject({ left: { _tag: "FileUnwritable" } });
    expect(words("one")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(["one", "three"]);
  });

  it("refuses what is there, before the work and after it, and what can never be replaced", async () => {
    const work = vi.fn<Work>(async (drafts) => {
      writeBoth(drafts);
      writeFileSync(at("a"), "another's");
      return E.right(undefined);
    });
    expect(await both(work, false)).toMatchObject({
      left: { _tag: "PlaceTaken", file: at("a"), by: "file" },
    });
    expect(words("a")).toBe("another's");
    expect(readdirSync(folder)).toEqual(["a"]);
    expect(await both(work, false)).toMatchObject({ left: { _tag: "PlaceTaken" } });
    rmSync(at("a"));
    mkdirSync(at("a"));
    expect(await both(work)).toMatchObject({
      left: { by: "folder", message: `${at("a")}: it is a folder; name a file` },
    });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("finds a folder that cannot be written before the work", async () => {
    const work = vi.fn(() => TE.right(undefined));
    const done = await replaceFiles([at("none/a")], { replace: true })(work)();
    expect(done).toMatchObject({ left: { _tag: "FileUnwritable", file: at("none/a"), code: "ENOENT" } });
    expect(work).not.toHaveBeenCalled();
  });

  it("lets an interrupt remove the drafts, until they are gone", async () => {
    const undoing = new Set<() => void>();
    const onInterrupt = (undo: () => void) => {
      undoing.add(undo);
      return () => void undoing.delete(undo);
    };
    const done = replaceFiles([at("a")], { replace: true, onInterrupt })(([draft]) =>
      TE.fromIO(() => {
        writeFileSync(draft, "half");
        expect(undoing.size).toBe(1);
        for (const undo of undoing) undo();
        expect(readdirSync(folder)).toEqual([]);
      }),
    );
    expect(E.isLeft(await done())).toBe(true);
    expect(undoing.size).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it("drafts of killed processes can be removed, and nothing else is", async () => {
  for (const name of ["kept", `${DRAFTS}half`, `${DRAFTS}empty`]) mkdirSync(at(name));
  writeFileSync(at(`${DRAFTS}half/a`), "half");
  writeFileSync(at("a"), "whole");
  await removeDrafts(folder);
  expect(readdirSync(folder).sort()).toEqual(["a", "kept"]);
});

// Windows lets only administrators make links.
it.skipIf(process.platform === "win32")(
  "takes a link that leads nowhere for a file that is there",
  async () => {
    symlinkSync("nowhere", at("a"));
    const work: Work = async (drafts) => E.right(writeBoth(drafts));
    expect(await both(work, false)).toMatchObject({ left: { _tag: "PlaceTaken", by: "link" } });
    expect(readdirSync(folder)).toEqual(["a"]);
    expect(await both(work)).toEqual(E.right(undefined));
    expect(words("a")).toBe("new");
  },
);

describe("what is put in place", () => {
  /** Notes whether the places were still empty each time that bytes were brought to the disk. */
  const watchSync = async (places: readonly string[]): Promise<readonly boolean[]> => {
    const handle = await open(folder, "r");
    const prototype: FileHandle = Object.getPrototypeOf(handle);
    await handle.close();
    const seen: boolean[] = [];
    const { sync } = prototype;
    vi.spyOn(prototype, "sync").mockImplementation(function (this: FileHandle) {
      seen.push(places.every((place) => !existsSync(place)));
      return sync.call(this);
    });
    return seen;
  };

  it("is on the disk before: each file is synchronised before the first is moved", async () => {
    const together = await watchSync([at("a"), at("a.data")]);
    await both(async (drafts) => E.right(writeBoth(drafts)));
    expect(together).toEqual([true, true]);
    vi.restoreAllMocks();
    const single = await watchSync([at("b")]);
    await replaceFile(at("b"), (draft) => TE.tryCatch(() => draft.write(Uint8Array.of(1)), String))();
    expect(single).toEqual([true]);
    expect(existsSync(at("b"))).toBe(true);
  });
});
