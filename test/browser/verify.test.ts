/** What the runtimes of pages compute in a real Chromium agrees with the recorded numbers, which a site has. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "@tadsr/verify/plain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperFixtures } from "../../packages/model/test/paper-fixtures.ts";
import { withScaledElement } from "../../packages/model/test/safetensors-bytes.ts";
import { noChromium } from "./chromium.ts";
import { openProgramPage, type ProgramPage } from "./program-page.ts";

const PROGRAM = join(import.meta.dirname, "verify-program.ts");
const SCHEDULES = join(import.meta.dirname, "../../packages/core/test/fixtures/schedules.json");

type Json = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The checks that need gradients. */
const NEED_GRADIENTS = [
  ...["Algorithm 1: loss.G", "Algorithm 1: loss.total"],
  ...["D", "student"].flatMap((who) => [`grad.${who}.*`, `gradnorm.${who}`, `adamw.${who}.*`]),
];

/** The rows that are not ok, each in a line. */
const notOk = (rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ verdict }) => verdict !== "ok")
    .map(({ entry, check, verdict, error, note }) =>
      [`${verdict}: ${entry}, ${check}`, ...(error === null ? [] : [`off by ${error}`]), note].join("; "),
    );

/** How many rows each entry has. */
const counts = (rows: readonly Row[]): Readonly<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const { entry } of rows) found[entry] = (found[entry] ?? 0) + 1;
  return found;
};

if (noChromium !== null) it.skip(noChromium);
else
  describe("verifying in Chromium", () => {
    const paper = paperFixtures();
    let page: ProgramPage;
    beforeAll(async () => {
      // The files of vq_f4 are not kept here.
      const { vq_f4: _, ...kept } = JSON.parse(readFileSync(join(paper(), "manifest.json"), "utf8")) as Json;
      const { unet_face, train_step } = kept;
      const few = { unet_face, discriminator: { config: train_step?.discriminator } };
      const record = readFileSync(join(paper(), "unet_face.io.safetensors"));
      page = await openProgramPage(PROGRAM, {
        contents: {
          "/paper/all.json": JSON.stringify(kept),
          "/paper/few.json": JSON.stringify(few),
          "/paper/schedules.json": readFileSync(SCHEDULES),
          "/wrong/manifest.json": JSON.stringify({ unet_face }),
          "/wrong/unet_face.pth": readFileSync(join(paper(), "unet_face.pth")),
          "/wrong/unet_face.io.safetensors": withScaledElement(record, "1.y", 5, 1.5),
        },
        folders: { "/paper/": paper() },
      });
    });
    afterAll(async () => {
      expect(page.uncaught).toEqual([]);
      await page.close();
    });

    const verify = async (name: string, path: string, names: readonly string[]): Promise<readonly Row[]> =>
      (await page.call("verify", name, `${page.address}${path}`, names)) as readonly Row[];

    it("onnx-wasm agrees with every record, except what needs gradients", async () => {
      const rows = await verify("onnx-wasm", "/paper/all.json", [...readdirSync(paper()), "schedules.json"]);
      const others = rows.filter(({ verdict }) => verdict === "not run");
      expect(notOk(rows.filter((row) => !others.includes(row)))).toEqual([]);
      expect(others.map(({ check }) => check)).toEqual(NEED_GRADIENTS);
      expect(others.filter(({ note }) => !note.startsWith("onnx-wasm has no gradients"))).toEqual([]);
      expect(counts(rows)).toEqual({
        ...{ "schedules/realsr_s15": 6, "schedules/faceir_s4": 6, "schedules/realsr_s15_respaced5": 6 },
        ...{ "schedules/bicubic_s1000": 6, unet_a: 4, unet_face: 4, vq_f8_face: 7, samplers: 8 },
        ...{ student: 2, discriminator: 8, train_step: 21 + NEED_GRADIENTS.length },
      });
    }, 300_000);

    // All records agree on it, gradients too, but software WebGPU needs minutes for them. These take some seconds.
    it("webgpu agrees with the records of the face model's UNet and of the discriminator", async () => {
      const names = readdirSync(paper()).filter((name) => /^(unet_face|discriminator)\./.test(name));
      const rows = await verify("webgpu", "/paper/few.json", names);
      expect(notOk(rows)).toEqual([]);
      expect(counts(rows)).toEqual({ unet_face: 4, discriminator: 8 });
    }, 300_000);

    it("a wrong number and a file that the site lacks are named", async () => {
      const names = ["unet_face.pth", "unet_face.io.safetensors", "unet_face.half.pth"];
      expect(notOk(await verify("onnx-wasm", "/wrong/manifest.json", names))).toEqual([
        expect.stringMatching(/^mismatch: unet_face, unet_face\.pth: call 1; off by 0\.\d+; $/),
        expect.stringMatching(/^mismatch: unet_face, unet_face\.half\.pth; unet_face\.half\.pth: .*404/),
      ]);
    });
  });
