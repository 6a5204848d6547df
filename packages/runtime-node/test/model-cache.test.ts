/** The cache of optimised models: if it is damaged, cannot be written or is interrupted, it says so and works on. */
import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../src/cache-folder.ts";
import { MODEL_FILE, noCache } from "../src/onnx/model-cache.ts";
import { cacheIn, namesIn, temporaryFolder, WEIGHTS_FILE, writeEntry } from "./cache-folder.ts";

const SEAL_FILE = "seal.json";

/** A cache with the entry `key`, as a process that starts later finds it. */
const filled = async () => {
  const folder = await temporaryFolder();
  await cacheIn(folder).cache.fill("key", writeEntry());
  return cacheIn(folder);
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const flip = (bytes: Uint8Array, at: number, bits: number): Uint8Array =>
  bytes.map((byte, place) => (place === at ? byte ^ bits : byte));

describe("an entry", () => {
  it("is not there before it is made, and is found again afterwards, by another process too", async () => {
    const folder = join(await temporaryFolder(), "made", "when needed");
    const { cache, told } = cacheIn(folder);
    expect(await cache.find("key")).toBeNull();
    const file = join(folder, "key", MODEL_FILE);
    expect(await cache.fill("key", writeEntry("one"))).toBe(file);
    expect(await cache.find("key")).toBe(file);
    const later = cacheIn(folder);
    expect(await later.cache.find("key")).toBe(file);
    expect(await later.cache.find("another key")).toBeNull();
    expect(await readFile(file, "utf8")).toBe("one");
    expect([...told, ...later.told]).toEqual([]);
    expect(await namesIn(folder)).toEqual(["key"]);
  });

  it("that is filled again stays as it is", async () => {
    const { cache, folder, told } = await filled();
    expect(await cache.fill("key", writeEntry("another"))).toBe(join(folder, "key", MODEL_FILE));
    expect(await readFile(join(folder, "key", MODEL_FILE), "utf8")).toBe("the model");
    expect(await namesIn(folder)).toEqual(["key"]);
    expect(told).toEqual([]);
  });

  it("does not exist if its maker made nothing", async () => {
    const folder = await temporaryFolder();
    const { cache, told } = cacheIn(folder);
    expect(await cache.fill("key", async () => false)).toBeNull();
    expect(await cache.find("key")).toBeNull();
    expect(await namesIn(folder)).toEqual([]);
    expect(told).toEqual([]);
  });

  it("that turned out unusable is removed, with a message", async () => {
    const { cache, folder, told } = await filled();
    await cache.discard("key", "it does not load");
    expect(told).toEqual([
      `the cache's entry ${join(folder, "key")} is damaged (it does not load): it is made again`,
    ]);
    expect(await namesIn(folder)).toEqual([]);
  });
});

type Damage = (entry: string) => Promise<void>;

const flipIn =
  (name: string): Damage =>
  async (entry) => {
    const path = join(entry, name);
    const bytes = await readFile(path);
    await writeFile(path, flip(bytes, bytes.length >> 1, 1));
  };

const damages: readonly (readonly [string, Damage, string])[] = [
  ["a byte of the model changed", flipIn(MODEL_FILE), `${MODEL_FILE} has changed`],
  ["a byte of the weights changed", flipIn(WEIGHTS_FILE), `${WEIGHTS_FILE} has changed`],
  [
    "the weights cut short",
    (entry) => truncate(join(entry, WEIGHTS_FILE), 4),
    `${WEIGHTS_FILE} has 4 bytes, expected 11`,
  ],
  [
    "the model emptied",
    (entry) => truncate(join(entry, MODEL_FILE), 0),
    `${MODEL_FILE} has 0 bytes, expected 9`,
  ],
  ["the model missing", (entry) => rm(join(entry, MODEL_FILE)), `${MODEL_FILE} is missing`],
  ["the weights missing", (entry) => rm(join(entry, WEIGHTS_FILE)), `${WEIGHTS_FILE} is missing`],
  ["a seal that is not JSON", (entry) => writeFile(join(entry, SEAL_FILE), "{"), `${SEAL_FILE} is no JSON`],
  ["an empty seal", (entry) => writeFile(join(entry, SEAL_FILE), ""), `${SEAL_FILE} is no JSON`],
  [
    "a seal that is no list",
    (entry) => writeFile(join(entry, SEAL_FILE), "7"),
    `${SEAL_FILE} names no model`,
  ],
  ["a seal of nothing", (entry) => writeFile(join(entry, SEAL_FILE), "[]"), `${SEAL_FILE} names no model`],
  ["no seal", (entry) => rm(join(entry, SEAL_FILE)), `${SEAL_FILE} is missing`],
];

describe("a damaged entry", () => {
  it.each(damages)("is reported in one line and made again: %s", async (_, damage, why) => {
    const { cache, folder, told } = await filled();
    await damage(join(folder, "key"));
    expect(await cache.find("key")).toBeNull();
    expect(told).toEqual([`the cache's entry ${join(folder, "key")} is damaged (${why}): it is made again`]);
    expect(await isThere(join(folder, "key"))).toBe(false);
    const file = await cache.fill("key", writeEntry("made again"));
    expect(await cache.find("key")).toBe(file);
    expect(await readFile(file ?? "", "utf8")).toBe("made again");
    expect(told).toHaveLength(1);
  });
});

describe("a cache that cannot be used", () => {
  it("is reported once, and work goes on, if its path is inside a file", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const { cache, told } = cacheIn(join(file, "cache"));
    for (const key of ["one", "two"]) {
      expect(await cache.find(key)).toBeNull();
      expect(await cache.fill(key, writeEntry())).toBeNull();
    }
    expect(told).toEqual([
      `the cache ${join(file, "cache")} cannot be read (ENOTDIR): models are prepared again each time`,
    ]);
  });

  it.runIf(process.platform === "linux")("is reported once if its path is a full device", async () => {
    const { cache, told } = cacheIn("/dev/full");
    for (const key of ["one", "two"]) {
      expect(await cache.find(key)).toBeNull();
      expect(await cache.fill(key, writeEntry())).toBeNull();
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^the cache \/dev\/full cannot be read \(\w+\): models are prepared again/);
  });

  it("is reported once if the disk is full, and leaves nothing behind", async () => {
    const folder = await temporaryFolder();
    const { cache, told } = cacheIn(folder);
    const full = async (draft: string): Promise<boolean> => {
      await writeFile(join(draft, MODEL_FILE), "the first half");
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    };
    for (const key of ["one", "two"]) {
      expect(await cache.fill(key, full)).toBeNull();
      expect(await cache.find(key)).toBeNull();
    }
    expect(told).toEqual([
      `the cache ${folder} cannot be written (ENOSPC): models are prepared again each time`,
    ]);
    expect(await namesIn(folder)).toEqual([]);
  });

  it("works again when there is space again", async () => {
    const folder = await temporaryFolder();
    const { cache } = cacheIn(folder);
    await cache.fill("key", () => Promise.reject(new Error("no room")));
    const file = await cache.fill("key", writeEntry());
    expect(file).not.toBeNull();
    expect(await cache.find("key")).toBe(file);
  });

  it("keeps a file that has an entry's name", async () => {
    const folder = await temporaryFolder();
    const { cache, told } = cacheIn(folder);
    await writeFile(join(folder, "key"), "not ours");
    expect(await cache.find("key")).toBeNull();
    expect(await cache.fill("key", writeEntry())).toBeNull();
    expect(told).toHaveLength(1);
    expect(await readFile(join(folder, "key"), "utf8")).toBe("not ours");
    expect(await namesIn(folder)).toEqual(["key"]);
  });
});

describe("an interrupted fill", () => {
  it("leaves nothing that is taken for an entry", async () => {
    const folder = await temporaryFolder();
    // What is left by a process that is killed before it renames its draft: with a seal, and without.
    for (const [draft, sealed] of [
      [".draft-aaaaaa", true],
      [".draft-bbbbbb", false],
    ] as const) {
      await mkdir(join(folder, draft));
      await writeEntry("half of it")(join(folder, draft));
      if (sealed) await writeFile(join(folder, draft, SEAL_FILE), "[]");
    }
    const { cache, told } = cacheIn(folder);
    expect(await cache.find("key")).toBeNull();
    const file = await cache.fill("key", writeEntry());
    expect(await readFile(file ?? "", "utf8")).toBe("the model");
    expect(await cache.find("key")).toBe(file);
    expect(told).toEqual([]);
  });

  it("is removed after a day, when an entry is made; a draft in use is not", async () => {
    const folder = await temporaryFolder();
    const [old, young] = [join(folder, ".draft-old"), join(folder, ".draft-young")];
    for (const draft of [old, young]) {
      await mkdir(draft);
      await writeEntry("half of it")(draft);
    }
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(old, longAgo, longAgo);
    await cacheIn(folder).cache.fill("key", writeEntry());
    expect(await namesIn(folder)).toEqual([".draft-young", "key"]);
  });
});

describe("a cache that grew too large", () => {
  /** An entry that was last used `hoursAgo` hours ago, with a model of `bytes` empty bytes. */
  const entry = async (folder: string, key: string, hoursAgo: number, bytes: number): Promise<void> => {
    await mkdir(join(folder, key));
    await writeFile(join(folder, key, MODEL_FILE), "");
    await truncate(join(folder, key, MODEL_FILE), bytes);
    await writeFile(join(folder, key, SEAL_FILE), "[]");
    const then = new Date(Date.now() - hoursAgo * 3_600_000);
    await utimes(join(folder, key, SEAL_FILE), then, then);
  };

  it("loses the entries that were used longest ago, never the new one", async () => {
    const folder = await temporaryFolder();
    for (let i = 0; i < 70; i++) await entry(folder, `entry${i}`, 1 + i, 10);
    await cacheIn(folder).cache.fill("key", writeEntry());
    const left = await readdir(folder);
    expect(left).toContain("key");
    expect(left).toHaveLength(64);
    expect(left).toContain("entry0");
    expect(left).not.toContain("entry69");
  });

  it("loses them by their size, too", async () => {
    const folder = await temporaryFolder();
    // Sparse files: they take no space on the disk.
    await entry(folder, "recent", 1, 4 * 2 ** 30);
    await entry(folder, "old", 2, 4 * 2 ** 30);
    await entry(folder, "oldest", 3, 10);
    await cacheIn(folder).cache.fill("key", writeEntry());
    expect(await namesIn(folder)).toEqual(["key", "recent"]);
  });

  it("counts finding an entry as using it", async () => {
    const folder = await temporaryFolder();
    const { cache } = cacheIn(folder);
    await cache.fill("key", writeEntry());
    const long = new Date(Date.now() - 1e9);
    await utimes(join(folder, "key", SEAL_FILE), long, long);
    await cache.find("key");
    for (let i = 0; i < 63; i++) await entry(folder, `entry${i}`, 1 + i, 10);
    await cache.fill("new", writeEntry());
    expect(await readdir(folder)).toContain("key");
    expect(await readdir(folder)).not.toContain("entry62");
  });
});

describe("where the cache is", () => {
  it("is what TADSR_CACHE says; if it is empty, there is none", () => {
    expect(cacheFolder({ TADSR_CACHE: "/some/where", XDG_CACHE_HOME: "/else" })).toBe("/some/where");
    expect(cacheFolder({ TADSR_CACHE: "" })).toBeNull();
  });

  it("is a folder of its own in the system's place for caches", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/caches" })).toBe(join("/caches", "tadsr"));
    expect(cacheFolder({ XDG_CACHE_HOME: "" })).toMatch(/tadsr/);
    expect(cacheFolder({})).toMatch(/tadsr/);
  });
});

describe("no cache", () => {
  it("has nothing and keeps nothing", async () => {
    expect(await noCache.fill("key", () => Promise.reject(new Error("it is not asked")))).toBeNull();
    expect(await noCache.find("key")).toBeNull();
    await noCache.discard("key", "nothing");
  });
});
