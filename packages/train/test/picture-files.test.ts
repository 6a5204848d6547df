import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PictureFiles, pictureFiles } from "../src/picture-files.ts";
import { right } from "./either.ts";

let root = "";
const at = (...names: string[]): string => join(root, ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tadsr-files-"));
  for (const folder of ["deep/a/b/c", "deep/.hidden", "deep/a/empty", "loop/inner", "outside"])
    await mkdir(at(folder), { recursive: true });
  const files = [
    "deep/z.png",
    "deep/a/y.jpg",
    "deep/a/b/c/x.WEBP",
    "deep/a.png",
    "loop/one.png",
    "outside/far.png",
  ];
  const others = ["deep/.hidden/h.png", "deep/._z.png", "deep/notes.txt", "deep/a/empty/list.json"];
  for (const file of [...files, ...others]) await writeFile(at(file), "");
  await symlink(at("loop"), at("loop/inner/back"));
  await symlink(".", at("loop/self"));
  await symlink(at("outside"), at("loop/linked"));
  await symlink(at("outside"), at("loop/linked-too"));
  await symlink(at("outside/far.png"), at("loop/file.png"));
  await symlink(at("nowhere.png"), at("loop/broken.png"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

const list = async (folder: string): Promise<PictureFiles> => right(await pictureFiles(at(folder))());

describe("the picture files below a folder", () => {
  it("are found at any depth, in the order of their paths, without hidden ones", async () => {
    expect(await list("deep")).toEqual({
      names: ["a.png", "a/b/c/x.WEBP", "a/y.jpg", "z.png"],
      skipped: [],
    });
  });

  it("are found behind links, each folder once; a loop ends", async () => {
    expect((await list("loop")).names).toEqual(["broken.png", "file.png", "linked/far.png", "one.png"]);
  });

  it("are not pipes or other files that never end", async () => {
    await mkdir(at("pipes"));
    execFileSync("mkfifo", [at("pipes/endless.png")]);
    expect(E.isLeft(await pictureFiles(at("pipes"))())).toBe(true);
    await writeFile(at("pipes/real.png"), "");
    expect((await list("pipes")).names).toEqual(["real.png"]);
  });
});
