/** Debian's Chromium without a window. WebGPU runs in software, so that a machine without a graphics card has it too. */
import { accessSync, constants } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** `TADSR_CHROMIUM`, or where systems have it; null if there is none. */
const chromiumPath = (): string | null =>
  [process.env.TADSR_CHROMIUM, ...PLACES].find((path) => path !== undefined && isProgram(path)) ?? null;

/** What to say instead of the tests; null if they can run. With TADSR_NO_SKIPS=1 they run in any case, and fail. */
export const noChromium: string | null =
  chromiumPath() !== null || process.env.TADSR_NO_SKIPS === "1"
    ? null
    : "skipped: Chromium, install it (Debian: apt-get install chromium) or name it in TADSR_CHROMIUM";

const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Nothing that it does by itself: no other hosts, no first run. */
const QUIET = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `webgpu` are the options for WebGPU. */
export const launchChromium = (webgpu: readonly string[] = SOFTWARE_WEBGPU): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error("Chromium is missing: apt-get install chromium");
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", ...webgpu, ...QUIET],
  });
};
