/**
 * The page apps/web in a real Chromium, as a visitor uses it: from a photo to a saved file, cancelling, one's own file of
 * weights, weights that are damaged on the way, accessibility, the content security policy, and a visit without a network.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeModel } from "@tadsr/files";
import { readCarried } from "@tadsr/metadata";
import { type Picture, pictureNetwork, sinkInMemory, writeRandomWeights } from "@tadsr/model";
import { onnxRuntime } from "@tadsr/runtime-node";
import { openUpscaler } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import type { Browser, BrowserContext, Page } from "playwright-core";
import sharp, { type Sharp } from "sharp";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HEADERS } from "../../apps/web/build/headers.ts";
import { launchChromium, noChromium } from "./chromium.ts";
import { longestTask } from "./longest-task.ts";
import { openSite, type Site } from "./site.ts";

const ROOT = join(import.meta.dirname, "..", "..", "apps", "web");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const [WIDTH, HEIGHT] = [44, 30];

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

/** That one tile or more is done. */
const TILES = /^\d+ of \d+ tiles/;

/** Smooth, with some structure. */
const pixels = (width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return 128 + 100 * Math.sin((x * (c + 1)) / 7) * Math.cos(y / 5);
  });

const photograph = (width: number, height: number): Sharp =>
  sharp(pixels(width, height), { raw: { width, height, channels: 3 } });

/** What Node's ONNX Runtime makes of the same pixels. */
const onNode = async (picture: Picture): Promise<Uint8Array> => {
  const engine = await onnxRuntime({ cache: null }).open();
  if (E.isLeft(engine)) throw new Error(engine.left.missing);
  const upscaler = right(await openUpscaler(engine.right, right(await describeModel("tiny-x4")()))());
  const result = right(await upscaler.upscale(picture)());
  await engine.right.close();
  return result.data;
};

/** Runs before the page's own scripts. As a text, since a test's own functions are changed before they are sent there. */
const TAKE_NOTES = `
  globalThis.violations = [];
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    violations.push(violatedDirective + " " + blockedURI));`;

if (noChromium !== null) it.skip(noChromium);
else
  describe("the page", () => {
    let folder: string;
    let site: Site;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    const faults: string[] = [];

    const at = (name: string): string => join(folder, name);
    const open = async (): Promise<Page> => {
      const opened = await context.newPage();
      opened.on("pageerror", ({ message }) => faults.push(message));
      await opened.goto(`${site.address}/`);
      await opened.getByRole("button", { name: "Choose photos" }).waitFor();
      return opened;
    };
    const chooseModel = async (on: Page, model: string): Promise<void> => {
      await on.getByLabel("Runs on").selectOption("onnx-wasm");
      await on.locator(`input[value="${model}"]`).check();
    };
    const choosePhoto = (on: Page, name: string): Promise<void> =>
      on.getByLabel("Photo files").setInputFiles(at(name));
    const made = (on: Page) => on.locator(".result").getByText(/^Made by/);
    const remove = (on: Page): Promise<void> =>
      on.locator(".result").getByRole("button", { name: "Remove" }).click();
    const saved = async (on: Page, format: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        on.waitForEvent("download"),
        on.getByRole("button", { name: format, exact: true }).click(),
      ]);
      return readFile(await download.path());
    };
    const seriousFaults = async (on: Page): Promise<readonly string[]> => {
      await on.evaluate(await readFile(AXE, "utf8"));
      return on.evaluate(`axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`);
    };
    const violationsOf = (on: Page): Promise<readonly string[]> => on.evaluate("violations");

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "tadsr-page-"));
      await photograph(WIDTH, HEIGHT)
        .withIccProfile("p3")
        .withExif({ IFD0: { Copyright: "Somebody" } })
        .png()
        .toFile(at("photo.png"));
      await photograph(1200, 900).jpeg().toFile(at("large.jpg"));
      await photograph(2400, 200).png().toFile(at("wide.png"));
      // Chromium itself turns JPEG and PNG upright, and not WebP.
      for (const [name, orientation] of [
        ["lying.jpg", 6],
        ["lying.webp", 6],
        ["mirrored.png", 7],
      ] as const)
        await photograph(20, 12).withMetadata({ orientation }).toFile(at(name));
      const { parameters } = pictureNetwork({ kind: "srvgg", channels: 4, convolutions: 1, factor: 4 });
      const sink = sinkInMemory("own.pth");
      right(await writeRandomWeights(sink, parameters, { seed: 1, dtype: "F32", format: "pytorch-zip" })());
      await writeFile(at("own.pth"), sink.bytes());

      const outDir = at("site");
      await build({ root: ROOT, logLevel: "silent", build: { outDir } });
      const contents = { "/": await readFile(join(outDir, "index.html")) };
      site = await openSite({ contents, folders: { "/": outDir }, headers: HEADERS });
      browser = await launchChromium();
      context = await browser.newContext({ acceptDownloads: true });
      await context.addInitScript(TAKE_NOTES);
      page = await open();
    });
    afterAll(async () => {
      await browser.close();
      await site.close();
      await rm(folder, { recursive: true, force: true });
      expect(faults).toEqual([]);
    });

    it("has threads, and can be used by those who do not see it, before there is a photo", async () => {
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      expect(await seriousFaults(page)).toEqual([]);
    });

    it("makes of a photo what Node makes of it, and keeps its colour profile and EXIF", async () => {
      await chooseModel(page, "tiny-x4");
      await choosePhoto(page, "photo.png");
      await made(page).waitFor();
      expect(await made(page).textContent()).toContain("tiny-x4 on the processor (onnx-wasm)");
      const file = await saved(page, "PNG");
      const { icc, exif } = await readCarried(file);
      const before = await readCarried(await readFile(at("photo.png")));
      expect(icc).toEqual(before.icc);
      expect(icc?.length).toBeGreaterThan(100);
      expect(Buffer.from(exif ?? []).includes("Somebody")).toBe(true);

      // The profile would make sharp change the colours.
      const plain = async (bytes: Buffer): Promise<Uint8Array> =>
        sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
      const data = await plain(await readFile(at("photo.png")));
      expect(data.length).toBe(3 * WIDTH * HEIGHT);
      const expected = await onNode({ width: WIDTH, height: HEIGHT, channels: 3, data });
      const found = await plain(file);
      expect(found.length).toBe(expected.length);
      expect(
        Math.max(...found.map((value, i) => Math.abs(value - (expected[i] as number)))),
      ).toBeLessThanOrEqual(1);
    });

    it("saves JPEG and WebP too, and can be used by those who do not see it", async () => {
      const size = { width: 4 * WIDTH, height: 4 * HEIGHT };
      for (const format of ["JPEG", "WebP"]) {
        const file = await saved(page, format);
        expect(await sharp(file).metadata()).toMatchObject({ format: format.toLowerCase(), ...size });
        expect((await readCarried(file)).icc?.length).toBeGreaterThan(100);
      }
      expect(await seriousFaults(page)).toEqual([]);
      await remove(page);
    });

    it("stops between tiles, and makes another picture then", async () => {
      await choosePhoto(page, "wide.png");
      await page.getByText(TILES).waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.locator(".result").getByText("Stopped.").waitFor();
      await remove(page);
      await choosePhoto(page, "photo.png");
      await made(page).waitFor();
      await remove(page);
    });

    it.each(["lying.jpg", "lying.webp", "mirrored.png"])("turns %s upright", async (name) => {
      await choosePhoto(page, name);
      await made(page).waitFor();
      const file = await saved(page, "PNG");
      expect(await sharp(file).metadata()).toMatchObject({ width: 48, height: 80, orientation: 1 });
      const small = (picture: Sharp): Promise<Buffer> =>
        picture.resize(12, 20).removeAlpha().raw().toBuffer();
      const [found, upright] = [await small(sharp(file)), await small(sharp(at(name)).autoOrient())];
      // The network also cleans. Where a picture lies in another way, the difference is above 100.
      expect(Math.max(...found.map((value, i) => Math.abs(value - (upright[i] as number))))).toBeLessThan(40);
      await remove(page);
    });

    it("reads the visitor's own file of weights", async () => {
      await chooseModel(page, "own");
      await page.getByLabel(/^Network/).setInputFiles(at("own.pth"));
      const longest = await longestTask(browser, page, async () => {
        await choosePhoto(page, "large.jpg");
        await made(page).waitFor();
      });
      console.log(`longest task of the page's thread, for a result of 4800 x 3600: ${longest.toFixed(1)} ms`);
      expect(longest).toBeGreaterThan(0);
      expect(await made(page).textContent()).toContain("Made by own on");
      await remove(page);
      await page.getByLabel(/^Network/).setInputFiles(at("photo.png"));
      await page.getByText(/^photo\.png: .*expected/).waitFor();
      await chooseModel(page, "tiny-x4");
      await chooseModel(page, "own");
      expect(await page.getByLabel(/^Network/).inputValue()).toContain("photo.png");
    });

    it("says that a result is lost if the worker failed, and makes it again", async () => {
      await chooseModel(page, "tiny-x4");
      await choosePhoto(page, "photo.png");
      await made(page).waitFor();
      const worker = page.workers().find((one) => one.url().includes("upscaling-worker"));
      await worker?.evaluate("void setTimeout(() => { throw new Error('a fault'); })");
      await page.getByRole("button", { name: "PNG", exact: true }).click();
      await page.getByText("photo.png: its result was lost when the worker failed; try again").waitFor();
      await page.getByRole("button", { name: "Try again" }).click();
      await made(page).waitFor();
      expect((await saved(page, "PNG")).length).toBeGreaterThan(0);
      await remove(page);
    });

    it("fits into 320 pixels, as of a page that is upscaled four times", async () => {
      const size = page.viewportSize();
      await page.setViewportSize({ width: 320, height: 640 });
      for (const model of ["tiny-x4", "own"]) {
        await chooseModel(page, model);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
      }
      if (size !== null) await page.setViewportSize(size);
    });

    it("says that weights were damaged on the way, and takes whole ones later", async () => {
      const weights = "**/models/stack-x4/model.safetensors";
      await context.route(weights, async (route) => {
        const body = await (await route.fetch()).body();
        body.writeUInt8(body.readUInt8(5000) ^ 1, 5000);
        await route.fulfill({ body });
      });
      await chooseModel(page, "stack-x4");
      await page.getByText(/found the checksum .* the bad copy was removed/).waitFor();
      await context.unroute(weights);
      await chooseModel(page, "tiny-x4");
      await chooseModel(page, "stack-x4");
      await page.getByText(/^stack-x4 runs on/).waitFor();
    });

    it("never asked for anything that its content security policy forbids", async () => {
      expect(await violationsOf(page)).toEqual([]);
    });

    it("works if the browser has no room to keep more", async () => {
      await page.evaluate("navigator.serviceWorker.ready.then(() => null)");
      const origin = site.address;
      const devtools = await context.newCDPSession(page);
      const { usage } = await devtools.send("Storage.getUsageAndQuota", { origin });
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage });
      const later = await open();
      expect(await later.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
      const file = "onnx-runtime/ort-wasm-simd-threaded.asyncify.mjs";
      expect(await later.evaluate(`fetch("${file}").then(({ status }) => status)`)).toBe(200);
      await later.close();
      await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    });

    it("works without a network, also if the last visit ended in the middle of a picture", async () => {
      await chooseModel(page, "tiny-x4");
      await choosePhoto(page, "wide.png");
      await page.getByText(TILES).waitFor();
      await page.evaluate("navigator.serviceWorker.ready.then(() => null)");
      await page.close();
      await site.close();
      const later = await open();
      await chooseModel(later, "tiny-x4");
      await choosePhoto(later, "photo.png");
      await made(later).waitFor();
      expect(await violationsOf(later)).toEqual([]);
    });
  });
