/** Weights that are downloaded once: resumed, checked, and removed if they are wrong. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type StoredFile, type WeightsStore, weightsCache } from "../src/worker/serve.ts";

const content = Uint8Array.from({ length: 1000 }, (_, i) => (7 * i) % 251);
const file = {
  file: "model.safetensors",
  bytes: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
};
const ADDRESS = "https://example.org/model.safetensors";

/** Files in memory that outlive the cache, as those of a browser do. */
const shelf = (): WeightsStore & { readonly files: Map<string, Uint8Array> } => {
  const files = new Map<string, Uint8Array>();
  const open = (name: string): StoredFile => ({
    get size() {
      return files.get(name)?.length ?? 0;
    },
    append: (bytes) => files.set(name, Uint8Array.of(...(files.get(name) ?? []), ...bytes)),
    read: () => Uint8Array.from(files.get(name) ?? []),
    clear: () => files.delete(name),
    close: () => undefined,
  });
  return {
    files,
    open: async (name) => open(name),
    empty: async () => files.clear(),
  };
};

interface Server {
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
  /** The first byte that each request asked for. */
  readonly asked: number[];
}

/** Sends the bytes that are asked for. Each answer breaks off after `most` bytes. */
const server = (bytes: Uint8Array, { most = 1e9, knowsRanges = true } = {}): Server => {
  const asked: number[] = [];
  return {
    asked,
    fetch: async (_, { headers }) => {
      const range = new Headers(headers).get("Range");
      const from = range === null ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
      asked.push(from);
      const sent = bytes.slice(knowsRanges ? from : 0);
      const body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) => {
            controller.enqueue(sent.slice(0, most));
            if (sent.length > most) controller.error(new Error("the connection was lost"));
            else controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      return knowsRanges && range !== null
        ? new Response(body, { status: 206, headers: { "Content-Range": `bytes ${from}-999/1000` } })
        : new Response(body);
    },
  };
};

const ignore = (): void => undefined;

describe("the cache of weights", () => {
  it("downloads a file once", async () => {
    const [store, { fetch, asked }] = [shelf(), server(content)];
    const received: number[] = [];
    for (let i = 0; i < 2; i++)
      expect(
        await weightsCache({ store, fetch }).get(file, ADDRESS, (bytes) => received.push(bytes))(),
      ).toEqual({
        _tag: "Right",
        right: content,
      });
    expect(asked).toEqual([0]);
    expect(received).toEqual([1000]);
  });

  it("goes on where a download broke off, in this visit and in a later one", async () => {
    const [store, breaking] = [shelf(), server(content, { most: 200 })];
    const first = await weightsCache({ store, fetch: breaking.fetch }).get(file, ADDRESS, ignore)();
    expect(first).toMatchObject({ _tag: "Left", left: { code: "not-downloaded" } });
    expect(first).toMatchObject({ left: { message: expect.stringContaining("600 of 1000 bytes") } });
    expect(breaking.asked).toEqual([0, 200, 400]);
    const whole = server(content);
    const second = await weightsCache({ store, fetch: whole.fetch }).get(file, ADDRESS, ignore)();
    expect(second).toEqual({ _tag: "Right", right: content });
    expect(whole.asked).toEqual([600]);
  });

  it("begins again if the server knows no ranges", async () => {
    const store = shelf();
    await (await store.open(file.sha256))?.append(content.slice(0, 10));
    const { fetch } = server(content, { knowsRanges: false });
    expect(await weightsCache({ store, fetch }).get(file, ADDRESS, ignore)()).toEqual({
      _tag: "Right",
      right: content,
    });
  });

  it("removes what has the wrong checksum, and says so", async () => {
    const store = shelf();
    const wrong = content.with(5, 99);
    const cache = weightsCache({ store, fetch: server(wrong).fetch });
    const found = await cache.get(file, ADDRESS, ignore)();
    expect(found).toMatchObject({ _tag: "Left", left: { code: "wrong-checksum" } });
    expect(found).toMatchObject({ left: { message: expect.stringMatching(/^https:.*removed/) } });
    expect(store.files.size).toBe(0);
    expect(
      await weightsCache({ store, fetch: server(content).fetch }).get(file, ADDRESS, ignore)(),
    ).toMatchObject({
      _tag: "Right",
    });
  });

  it("can be emptied, and works where nothing can be kept", async () => {
    const [store, { fetch, asked }] = [shelf(), server(content)];
    const cache = weightsCache({ store, fetch });
    await cache.get(file, ADDRESS, ignore)();
    await cache.empty()();
    expect(store.files.size).toBe(0);
    const forgetful = weightsCache({ store: { ...store, open: async () => null }, fetch });
    for (let i = 0; i < 2; i++)
      expect(await forgetful.get(file, ADDRESS, ignore)()).toMatchObject({ right: content });
    expect(asked).toEqual([0, 0, 0]);
  });

  it("goes on in memory if the browser's storage is full, and leaves no part of a file there", async () => {
    const store = shelf();
    const room = 450;
    const small = async (name: string): Promise<StoredFile | null> => {
      const stored = await store.open(name);
      if (stored === null) return null;
      const append = (bytes: Uint8Array): void => {
        if (stored.size + bytes.length > room) throw new Error("the storage is full");
        stored.append(bytes);
      };
      const close = (): void => {
        throw new Error("the storage is full");
      };
      return {
        get size() {
          return stored.size;
        },
        append,
        read: stored.read,
        clear: stored.clear,
        close,
      };
    };
    const { fetch, asked } = server(content, { most: 400 });
    const cache = weightsCache({ store: { ...store, open: small }, fetch });
    expect(await cache.get(file, ADDRESS, ignore)()).toEqual({ _tag: "Right", right: content });
    expect(asked).toEqual([0, 400, 800]);
    expect(store.files.size).toBe(0);
  });
});
