/** Dawn's list of graphics cards, and the choice of one in it. */
import { dawnDevices, dawnRuntime } from "@tadsr/runtime-web/dawn";
import { describe, expect, it } from "vitest";
import { adaptersIn, listAdapters, optionsFor } from "../packages/runtime-web/src/dawn-adapters.ts";

const MESSAGE =
  "no suitable backends found\nAvailable adapters:\n * backend: 'vulkan', name: 'Big (TM) 'X' GPU'\n" +
  " * backend: 'vulkan', name: 'Small'\n * backend: 'opengl', name: 'Small'\n * backend: 'vulkan', name: 'Small'\n";

describe("graphics cards in Dawn's words", () => {
  const adapters = adaptersIn(MESSAGE);

  it("have a backend and a name, in Dawn's order", async () => {
    expect(adapters.map(({ backend, name }) => `${backend} ${name}`)).toEqual([
      ...["vulkan Big (TM) 'X' GPU", "vulkan Small", "opengl Small", "vulkan Small"],
    ]);
    const asked: string[] = [];
    const found = await listAdapters(([option = ""]) => {
      asked.push(option);
      throw new Error(MESSAGE);
    });
    expect(found).toEqual(adapters);
    expect(asked).toEqual([expect.stringMatching(/^adapter=/)]);
    expect(await listAdapters(() => ({ requestAdapter: async () => null }))).toEqual([]);
  });

  it("are chosen by backend and name, if Dawn would not take another one", () => {
    expect(optionsFor(adapters, 1)).toEqual(["backend=vulkan", "adapter=Small"]);
    expect(optionsFor(adapters, 2)).toEqual(["backend=opengl", "adapter=Small"]);
    expect(optionsFor(adapters, 3)).toBeNull();
    expect(optionsFor(adapters, 4)).toBeNull();
  });
});

describe("the graphics cards of this machine", async () => {
  const devices = await dawnDevices();
  const missing = "a driver for Vulkan, Metal or Direct3D 12";

  it.runIf(devices.length > 0)(
    `are chosen by number${devices.length > 0 ? "" : `: ${missing} is missing`}`,
    async () => {
      const opened = await dawnRuntime({ device: 0 }).open();
      expect(opened).toMatchObject({ right: { name: "webgpu" } });
      if (opened._tag === "Right") await opened.right.close();
    },
  );

  it("are listed if one is asked for that is not there", async () => {
    const opened = await dawnRuntime({ device: 63 }).open();
    expect(opened._tag === "Left" ? opened.left : opened.right.name).toMatchObject({
      missing: expect.stringMatching(/^graphics card 63$|webgpu/),
      remedy: devices.length > 0 ? expect.stringContaining(`0 (${devices[0]})`) : expect.any(String),
    });
  });
});
