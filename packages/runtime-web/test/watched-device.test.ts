import { failureOf } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { watchDevice } from "../src/watched-device.ts";
import { fakeDevice } from "./fake-device.ts";

const STORAGE = 0x80;
const COPY = 0x4;

const never = (): Promise<never> => new Promise(() => undefined);

const ending = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (thrown) => failureOf(thrown) ?? thrown,
  );

describe("a watched device", () => {
  it.each([
    [
      "is lost",
      ({ lose }: ReturnType<typeof fakeDevice>) =>
        lose({ reason: "unknown", message: "the driver ended\nagain" }),
      {
        reason: "device-lost",
        message: "the graphics card was lost (the driver ended); open the runtime again",
      },
    ],
    [
      "is lost without a message",
      ({ lose }: ReturnType<typeof fakeDevice>) => lose({ reason: "destroyed", message: "" }),
      { reason: "device-lost", message: "the graphics card was lost (destroyed); open the runtime again" },
    ],
    [
      "has no memory",
      ({ raise }: ReturnType<typeof fakeDevice>) => raise("GPUOutOfMemoryError", "none left"),
      {
        reason: "out-of-memory",
        message:
          "the graphics card has no room for more (none left); open the runtime again and use a smaller tile",
      },
    ],
    [
      "refuses the work",
      ({ raise }: ReturnType<typeof fakeDevice>) => raise("GPUValidationError", "too many groups"),
      {
        reason: "refused",
        message: "the graphics card refused the work (too many groups); use another runtime",
      },
    ],
  ])("that %s ends what waits, and refuses more", async (_, fault, failure) => {
    const fake = fakeDevice();
    const { guard, check } = watchDevice(fake.device, { throwing: true });
    const waiting = [ending(guard(never)), ending(guard(never))];
    fault(fake);
    expect(await Promise.all(waiting)).toMatchObject([failure, failure]);
    expect(await ending(guard(async () => 1))).toMatchObject(failure);
    expect(check).toThrow(failure.message);
  });

  it("says that it was closed, and is given back", async () => {
    const { device, isDestroyed, lose } = fakeDevice();
    const { guard, close } = watchDevice(device, { throwing: true });
    const waiting = ending(guard(never));
    close();
    lose({ reason: "destroyed", message: "" }); // The first reason counts.
    expect(await waiting).toMatchObject({ reason: "closed" });
    expect(isDestroyed()).toBe(true);
  });

  it("gives results, and the work's own errors as they are", async () => {
    const { guard } = watchDevice(fakeDevice().device, { throwing: true });
    expect(await guard(async () => 7)).toBe(7);
    const own = new Error("a shape is wrong");
    await expect(guard(() => Promise.reject(own))).rejects.toBe(own);
    expect(await guard(async () => 8)).toBe(8);
  });

  it("tells of a loss that comes after the error that it caused", async () => {
    const { device, lose } = fakeDevice();
    const { guard } = watchDevice(device, { throwing: true });
    const waiting = ending(guard(() => Promise.reject(new Error("mapping failed"))));
    setTimeout(() => lose({ reason: "unknown", message: "gone" }), 10);
    expect(await waiting).toMatchObject({ reason: "device-lost" });
  });

  it("makes buffers up to its limits, which are less for those that kernels read", () => {
    const { device, made } = fakeDevice();
    const { check } = watchDevice(device, { throwing: true });
    device.createBuffer({ size: 500, usage: STORAGE });
    device.createBuffer({ size: 1000, usage: COPY });
    expect(made).toHaveLength(2);
    const message = /no room for a tensor of 501 bytes, and at most 500 are allowed.*use a smaller tile$/;
    expect(() => device.createBuffer({ size: 501, usage: STORAGE })).toThrow(message);
    expect(check).toThrow(message);
    expect(made).toHaveLength(2);
  });

  it("says that a buffer that it throws at has no room", () => {
    const { device } = fakeDevice(new RangeError("cannot map"));
    watchDevice(device, { throwing: true });
    expect(() => device.createBuffer({ size: 8, usage: COPY })).toThrow(
      "no room for a tensor of 8 bytes (cannot map)",
    );
  });

  it("for a library that an error would break, the error comes with the result", async () => {
    const { device, made } = fakeDevice();
    const { guard } = watchDevice(device, { throwing: false });
    const work = async (): Promise<void> => void device.createBuffer({ size: 501, usage: STORAGE });
    expect(await ending(guard(work))).toMatchObject({ reason: "out-of-memory" });
    expect(made).toHaveLength(1);
  });
});
