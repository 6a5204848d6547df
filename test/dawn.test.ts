/** WebGPU in Node, by Dawn: the laws, a picture, faults, and that the process can end. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeLaws } from "@tadsr/laws";
import { onnxRuntime } from "@tadsr/runtime-node";
import { webgpu } from "@tadsr/runtime-web/dawn";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "../packages/cli/src/program.ts";
import { memoryShell } from "../packages/cli/test/memory-shell.ts";
import {
  askForTooMuch,
  type Device,
  devicesFrom,
  type Ending,
  tensorsOverTiles,
  upscaleWell,
  upscaleWithFault,
} from "./browser/faults.ts";

// Two random inputs for a law of cost 1: in software WebGPU is slow.
describeLaws(webgpu, { runs: 2 });

const opened = await webgpu.open();
if (opened._tag === "Right") await opened.right.close();

// The laws above fail or are skipped with the reason if it does not open.
describe.runIf(opened._tag === "Right")("webgpu in Node", () => {
  const { GPUAdapter, GPUOutOfMemoryError, GPUUncapturedErrorEvent } = globalThis as unknown as {
    readonly GPUAdapter: Parameters<typeof devicesFrom>[0];
    readonly GPUOutOfMemoryError: new (message: string) => object;
    readonly GPUUncapturedErrorEvent: new (type: string, init: { readonly error: object }) => Event;
  };
  const devices: readonly Device[] = opened._tag === "Right" ? devicesFrom(GPUAdapter) : [];
  let expected: Ending;
  beforeAll(async () => {
    expected = await upscaleWell(onnxRuntime({ cache: null }));
  });
  const expectSame = ({ error, data }: Ending): void => {
    expect(error).toBeNull();
    expect(data).toHaveLength(expected.data.length);
    expect(
      Math.max(...data.map((value, i) => Math.abs(value - (expected.data[i] ?? 0)))),
    ).toBeLessThanOrEqual(1);
  };

  it("upscales as onnx does, within 1/255", async () => {
    expectSame(await upscaleWell(webgpu));
  });

  it.each([
    [
      "the device is destroyed",
      "device-lost",
      /was lost.*open the runtime again/,
      () => devices.at(-1)?.destroy(),
    ],
    [
      "memory is refused",
      "out-of-memory",
      /no room for more.*use a smaller tile/,
      () => {
        const error = new GPUOutOfMemoryError("planted");
        devices.at(-1)?.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
      },
    ],
    ["the engine is closed", "closed", /the engine was closed; open the runtime again/, "close"],
  ] as const)(
    "says in the middle of a tile that %s, keeps nothing, and works when it is opened again",
    async (_, reason, message, fault) => {
      const { first, left, again } = await upscaleWithFault(webgpu, (engine) => {
        if (fault === "close") void engine.close();
        else fault();
      });
      expect(first.error).toMatchObject({ _tag: "EngineFailed", engine: "webgpu", reason });
      expect(first.error?.message).toMatch(message);
      expect(left).toBe(0);
      expectSame(again);
    },
  );

  it("says that a tensor is too large, and how large it may be", async () => {
    expect(await askForTooMuch(webgpu, 12_000)).toMatchObject({
      message: expect.stringMatching(
        /no room for a tensor of 1728000000 bytes, and at most \d+ are allowed.*use a smaller tile$/,
      ),
      cause: { reason: "out-of-memory" },
    });
  });

  it("holds no more tensors after 1,000 tiles than after one", async () => {
    expect(new Set(await tensorsOverTiles(webgpu, 1000)).size).toBe(1);
  });
});

const DAWN = pathToFileURL(join(import.meta.dirname, "..", "packages/runtime-web/src/dawn.ts")).href;

/** Runs a program in a process of its own, with `webgpu` imported. */
const inProcess = (
  program: string,
  env: NodeJS.ProcessEnv = {},
): { readonly status: number | null; readonly stdout: string } => {
  const words = [
    "--import",
    "tsx",
    "--input-type=module",
    "--eval",
    `import { webgpu } from ${JSON.stringify(DAWN)};\n${program}`,
  ];
  return spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
};

const ADD = `
const before = "navigator" in globalThis ? navigator.gpu : "none";
const opened = await webgpu.open();
const { upload, algebra, download, close } = opened.right;
const one = upload("vector", { shape: [1], data: Float32Array.of(1) });
const { data } = await download("vector", algebra.add(one, one));
const after = "navigator" in globalThis ? navigator.gpu : "none";
console.log(data[0], before === after);
`;

describe.runIf(opened._tag === "Right")("the command", () => {
  it("upscales with --runtime webgpu, and says so", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tadsr-dawn-"));
    try {
      const create = { width: 6, height: 4, channels: 3, background: "teal" } as const;
      await sharp({ create }).toFile(join(folder, "small.png"));
      const memory = memoryShell(folder);
      const words = ["upscale", "small.png", "--model", "tiny-x4", "--runtime", "webgpu"];
      expect(await run(memory.shell, words), memory.err()).toBe(0);
      expect(`${memory.out()}${memory.err()}`).toContain("webgpu");
      expect(await sharp(join(folder, "small-4x.png")).metadata()).toMatchObject({ width: 24, height: 16 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe.runIf(opened._tag === "Right")("a process that used webgpu", () => {
  it.each([
    ["after it closed the engine", `${ADD}await close();`],
    ["even if it left the engine open", ADD],
  ])("ends, %s, and navigator is as it was", (_, program) => {
    expect(inProcess(program)).toMatchObject({ status: 0, stdout: "2 true\n" });
  });
});

// Vulkan's drivers are named in this way on Linux.
it.skipIf(process.platform !== "linux")("says that a driver is missing, and which there are", () => {
  const none = { VK_DRIVER_FILES: "/none.json", VK_ICD_FILENAMES: "/none.json", VK_ADD_DRIVER_FILES: "" };
  const { stdout } = inProcess("console.log(JSON.stringify(await webgpu.open()));", none);
  expect(JSON.parse(stdout)).toMatchObject({
    _tag: "Left",
    left: {
      _tag: "RuntimeUnavailable",
      runtime: "webgpu",
      missing: "a graphics card that WebGPU can use",
      remedy: expect.stringContaining("VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json"),
    },
  });
});
