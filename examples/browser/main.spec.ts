import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { build } from "vite";
import { expect, test } from "vitest";
import { launchChromium, noChromium } from "../../test/browser/chromium.ts";
import { openSite } from "../../test/browser/site.ts";

/** The page as vite builds it for a site, by the files' paths. */
const built = async (): Promise<Readonly<Record<string, string | Uint8Array>>> => {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root: import.meta.dirname,
    worker: { format: "es" },
    build: { write: false, target: "esnext" },
  });
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  return Object.fromEntries(
    outputs.map((output) => [
      output.fileName === "index.html" ? "/" : `/${output.fileName}`,
      output.type === "chunk" ? output.code : output.source,
    ]),
  );
};

if (noChromium !== null) test.skip(noChromium);
else
  test("upscales a photo that is chosen, and gives it as a file", async () => {
    const site = await openSite({ contents: await built() });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`${site.address}/`);
      const photo = await sharp({ create: { width: 30, height: 20, channels: 3, background: "teal" } })
        .png()
        .toBuffer();
      await page.setInputFiles("input", { name: "photo.png", mimeType: "image/png", buffer: photo });
      const link = page.locator("a");
      await link.waitFor();
      expect(await page.textContent("output")).toBe("120 x 80, made on onnx-webgpu");
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      const larger = await readFile(await download.path());
      expect(await sharp(larger).metadata()).toMatchObject({ format: "png", width: 120, height: 80 });
    } finally {
      await browser.close();
      await site.close();
    }
  });
