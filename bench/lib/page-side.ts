/** Sides that run in a page of Chromium, each in a worker of its own. All pages are of one Chromium. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { bundleProgram } from "../../test/browser/bundle.ts";
import { launchChromium, noChromium } from "../../test/browser/chromium.ts";
import { openSite } from "../../test/browser/site.ts";
import type { PageEntry } from "../pages/contenders-program.ts";
import type { Side } from "./alternate.ts";
import { type BenchError, failedBy, missing } from "./bench-error.ts";
import { benchFolder, root } from "./places.ts";

const installed = join(benchFolder, "node_modules");

/** In the order in which a worker loads them. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "/tf.js": "@tensorflow/tfjs/dist/tf.min.js",
  "/tf-wasm.js": "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
  "/upscaler.js": "upscaler/dist/browser/umd/upscaler.min.js",
  "/slim.js": "@upscalerjs/esrgan-slim/dist/umd/models/esrgan-slim/src/x4/index.min.js",
  "/medium.js": "@upscalerjs/esrgan-medium/dist/umd/models/esrgan-medium/src/x4/index.min.js",
};

/** A call of a side's worker, by the side's name. The worker is started by the first. */
const PAGE = `<!doctype html>
<title>benchmark</title>
<link rel="icon" href="data:,">
<script>
  const workers = {};
  globalThis.call = (side, name, given) => new Promise((resolve, reject) => {
    const worker = (workers[side] ??= new Worker("/worker.js"));
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ name, given });
  });
</script>`;

/** UpscalerJS asks for its default model when it is loaded, and uses the one that it is given. */
const WORKER = `
globalThis.DefaultUpscalerJSModel = {};
importScripts(${Object.keys(SCRIPTS)
  .map((path) => JSON.stringify(path))
  .join(", ")});
onmessage = async ({ data: { name, given } }) => {
  try {
    const program = await import("/program.js");
    postMessage({ value: await program[name](given) });
  } catch (thrown) {
    postMessage({ error: String(thrown.message ?? thrown) });
  }
};`;

const folders = {
  "/ort/": join(root, "packages", "runtime-web", "node_modules", "onnxruntime-web", "dist"),
  "/models/": join(root, "packages", "model", "models"),
  "/tfjs-wasm/": join(installed, "@tensorflow", "tfjs-backend-wasm", "dist"),
  "/esrgan-slim/": join(installed, "@upscalerjs", "esrgan-slim", "models"),
  "/esrgan-medium/": join(installed, "@upscalerjs", "esrgan-medium", "models"),
};

/** WebGPU on the graphics card if there is one, and WebGL in software if there is none. */
const FLAGS = ["--enable-unsafe-webgpu", "--enable-unsafe-swiftshader"];

export interface BenchPage {
  /** Makes a side ready. Rejects if it cannot be. */
  readonly open: (name: string, entry: PageEntry) => Promise<Side>;
  readonly hasGraphicsCard: () => Promise<boolean>;
}

export interface BenchBrowser {
  /** Such as 140, of Chromium. */
  readonly version: string;
  /** Opens a page, uses it and closes it in every case. */
  readonly withPage: <A>(
    use: (page: BenchPage) => TE.TaskEither<BenchError, A>,
  ) => TE.TaskEither<BenchError, A>;
}

interface WithCall {
  readonly call?: (side: string, name: string, given: unknown) => Promise<unknown>;
}

const openBrowser = async (): Promise<BenchBrowser & { readonly close: () => Promise<void> }> => {
  const scripts = await Promise.all(
    Object.entries(SCRIPTS).map(async ([path, file]) => [path, await readFile(join(installed, file))]),
  );
  const program = await bundleProgram(join(benchFolder, "pages", "contenders-program.ts"));
  const site = await openSite({
    contents: {
      "/": PAGE,
      "/worker.js": WORKER,
      ...program,
      ...(Object.fromEntries(scripts) as Record<string, Buffer>),
    },
    folders,
  });
  const browser = await launchChromium(FLAGS);
  const withPage: BenchBrowser["withPage"] = (use) => async () => {
    const page = await browser.newPage();
    const call = (side: string, name: string, given: unknown): Promise<unknown> =>
      page.evaluate(([of, called, value]) => (globalThis as WithCall).call?.(of, called, value), [
        side,
        name,
        given,
      ] as const);
    try {
      await page.goto(`${site.address}/`);
      return await use({
        open: async (name, entry) => {
          await call(name, "open", entry);
          return { name, run: async () => Number(await call(name, "run", null)) };
        },
        hasGraphicsCard: async () => (await call("card", "hasGraphicsCard", null)) === true,
      })();
    } catch (thrown) {
      return E.left(failedBy(thrown));
    } finally {
      await page.close();
    }
  };
  return {
    version: browser.version().split(".")[0] ?? "",
    withPage,
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
};

/** Starts Chromium, uses it, and ends it in every case. */
export const withBrowser =
  <A>(use: (browser: BenchBrowser) => TE.TaskEither<BenchError, A>): TE.TaskEither<BenchError, A> =>
  async () => {
    if (noChromium !== null)
      return E.left(
        missing("Chromium", "install it (Debian: apt-get install chromium) or name it in TADSR_CHROMIUM"),
      );
    const browser = await TE.tryCatch(openBrowser, failedBy)();
    if (E.isLeft(browser)) return browser;
    try {
      return await use(browser.right)();
    } finally {
      await browser.right.close();
    }
  };
