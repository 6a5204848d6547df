/** A page in Chromium that has a bundled program, whose functions a test calls. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { bundleProgram } from "./bundle.ts";
import { launchChromium } from "./chromium.ts";
import { openSite, type SiteOptions } from "./site.ts";

/** Where ONNX Runtime's own files are served. */
const ORT_FILES = "/ort/";
const ORT_FOLDER = join(import.meta.dirname, "../../packages/runtime-web/node_modules/onnxruntime-web/dist");

export interface ProgramPage {
  readonly page: Page;
  readonly browser: Browser;
  /** The site's address. */
  readonly address: string;
  /** Calls one of the program's exports. What goes in and out is plain data. */
  readonly call: (name: string, ...args: readonly unknown[]) => Promise<unknown>;
  /** Errors that nothing in the page caught, and the end of the page or of Chromium before it was closed. */
  readonly uncaught: readonly string[];
  readonly close: () => Promise<void>;
}

/** The page makes the program's exports a global, since a test's own functions are changed before they are sent there. */
const PAGE = `<!doctype html>
<title>test</title>
<link rel="icon" href="data:,">
<script type="module">
  import * as program from "/program.js";
  globalThis.program = program;
</script>`;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

interface WithProgram {
  readonly program?: Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
}

export interface ProgramPageOptions extends Partial<SiteOptions> {
  /** One that runs already, and goes on when the page is closed. By default a Chromium of its own. */
  readonly browser?: Browser;
}

/** `program` is the path of a module. Its page is empty otherwise. */
export const openProgramPage = async (
  program: string,
  { contents = {}, folders = {}, browser: shared, ...rest }: ProgramPageOptions = {},
): Promise<ProgramPage> => {
  const site = await openSite({
    contents: { "/": PAGE, ...(await bundleProgram(program)), ...contents },
    folders: { [ORT_FILES]: ORT_FOLDER, ...folders },
    ...rest,
  });
  const browser = shared ?? (await launchChromium());
  const page = await browser.newPage();
  const uncaught: string[] = [];
  page.on("pageerror", (error) => uncaught.push(error.message));
  let end: (error: Error) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  ended.catch((error: Error) => uncaught.push(error.message));
  page.on("crash", () => end(new Error("the page crashed")));
  browser.on("disconnected", () => end(new Error("Chromium ended")));
  await page.goto(`${site.address}/`);
  await page.waitForFunction(() => "program" in globalThis);
  return {
    page,
    browser,
    address: site.address,
    call: (name, ...args) =>
      page.evaluate(([called, given]) => (globalThis as WithProgram).program?.[called]?.(...given), [
        name,
        args,
      ] as const),
    uncaught,
    close: async () => {
      await page.close();
      // Where the machine is busy, Chromium may not end by itself. Then it is ended with this process.
      if (shared === undefined) await Promise.race([browser.close(), pause(10_000)]);
      await site.close();
    },
  };
};
