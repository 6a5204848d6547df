import { afterEach, describe, expect, it, vi } from "vitest";
import { onnxWebgpu, webgpu } from "../src/index.ts";
import { remediesInBrowser, requestDevice } from "../src/request-device.ts";
import { fakeDevice, fakeGpu, LIMITS } from "./fake-device.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock("webgpu");
  vi.resetModules();
});

describe.each([
  ["webgpu", webgpu],
  ["onnx-webgpu", onnxWebgpu],
])("%s", (name, runtime) => {
  const left = async () => {
    const opened = await runtime.open();
    return opened._tag === "Left" ? opened.left : null;
  };

  it("says that there is no WebGPU, and where there is", async () => {
    vi.stubGlobal("navigator", {});
    expect(await left()).toMatchObject({
      _tag: "RuntimeUnavailable",
      runtime: name,
      missing: "WebGPU (there is no navigator.gpu)",
      remedy: expect.stringMatching(/a browser that has it \(Chrome.*or the runtime onnx-wasm$/),
    });
  });

  it("says that the page is not secure", async () => {
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("isSecureContext", false);
    expect(await left()).toMatchObject({
      missing: "WebGPU (the page is not secure)",
      remedy: "serve it by https or from localhost",
    });
  });

  it("says that there is no graphics card", async () => {
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
    expect(await left()).toMatchObject({
      missing: "a graphics card that WebGPU can use",
      remedy: expect.stringContaining("turn on hardware acceleration"),
    });
  });

  it("says why the graphics card gives no device", async () => {
    vi.stubGlobal("navigator", { gpu: fakeGpu(new Error("too many devices\nfor now")) });
    expect(await left()).toMatchObject({
      missing: "a device of the graphics card (too many devices)",
      remedy: expect.stringContaining("close other pages"),
    });
  });
});

it("a device has all that its card allows, and the features that the card has", async () => {
  const asked: object[] = [];
  const { device } = fakeDevice();
  const found = await requestDevice(fakeGpu(device, asked), remediesInBrowser, ["shader-f16", "subgroups"]);
  expect(found.device).toBe(device);
  expect(asked).toEqual([{ requiredFeatures: ["shader-f16"], requiredLimits: LIMITS }]);
});

it("in Node, the package webgpu may be missing, and it is said how to install it", async () => {
  vi.doMock("webgpu", () => {
    throw new Error("Cannot find package 'webgpu'");
  });
  const { webgpu: inNode } = await import("../src/dawn.ts");
  expect(await inNode.open()).toMatchObject({
    left: {
      runtime: "webgpu",
      missing: expect.stringContaining("the package webgpu"),
      remedy: "install it: npm install webgpu",
    },
  });
});
