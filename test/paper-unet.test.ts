/** The UNet with Swin layers gives the authors' numbers on every runtime, from a file like those that they publish. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NdArray, Runtime } from "@tadsr/core";
import {
  type ConditionedNetwork,
  type HostWeights,
  isBuffer,
  parameterCount,
  swinUNet,
  swinUNetConfigOf,
  uploadWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperFixtures } from "../packages/model/test/paper-fixtures.ts";
import { imageOf, recorded, relativeError } from "./recorded.ts";
import { runtimes } from "./runtimes.ts";

const folder = paperFixtures();

/** unet_a has shifted windows and two heads; unet_face the pyramid for an lq larger than the latent. */
const NAMES = ["unet_a", "unet_face"] as const;
type Name = (typeof NAMES)[number];

interface Call {
  readonly input: NdArray;
  readonly condition: NdArray;
  readonly indices: readonly number[];
  readonly expected: NdArray;
}

interface Recorded {
  readonly network: ConditionedNetwork;
  readonly weights: HostWeights;
  /** Every tensor of the file. */
  readonly names: readonly string[];
  readonly parameters: number;
  readonly calls: readonly Call[];
}

const given = new Map<Name, Recorded>();

const recordOf = (name: Name): Recorded => {
  const found = given.get(name);
  if (found === undefined) throw new Error(`${name} was not read`);
  return found;
};

beforeAll(async () => {
  const manifest = JSON.parse(readFileSync(join(folder(), "manifest.json"), "utf8")) as Readonly<
    Record<Name, { readonly config: Readonly<Record<string, unknown>>; readonly params: number }>
  >;
  for (const name of NAMES) {
    const config = swinUNetConfigOf(`manifest.json, ${name}`, manifest[name].config);
    if (E.isLeft(config)) throw new Error(config.left.message);
    const io = await recorded(join(folder(), `${name}.io.safetensors`));
    const weights = await recorded(join(folder(), `${name}.pth`));
    const callOf = (k: number): Call => ({
      input: imageOf(io[`${k}.x`] as NdArray),
      condition: imageOf(io[`${k}.lq`] as NdArray),
      indices: [...(io[`${k}.t`] as NdArray).data],
      expected: imageOf(io[`${k}.y`] as NdArray),
    });
    given.set(name, {
      network: swinUNet(config.right),
      weights,
      names: Object.keys(weights),
      parameters: manifest[name].params,
      calls: [0, 1].map(callOf),
    });
  }
});

describe.each(NAMES)("the authors' file %s", (name) => {
  it("holds the network's parameters, and buffers", () => {
    const { network, names, weights, parameters } = recordOf(name);
    const found = names.filter((key) => !isBuffer(key));
    expect(found.length).toBeLessThan(names.length);
    expect(found).toHaveLength(network.parameters.length);
    for (const { name: key, shape } of network.parameters)
      expect([key, weights[key]?.shape]).toEqual([key, shape]);
    expect(parameterCount(network.parameters)).toBe(parameters);
  });
});

/** The reference's float64 is limited by the recorded numbers, which are float32. */
const TOLERANCE = { reference: 1e-5, other: 1e-4 };

const describeAgreement = async <T>({ name, open }: Runtime<T>): Promise<void> => {
  const opened = await open();
  if (E.isLeft(opened)) {
    const title = `the UNet with Swin layers on ${name}`;
    const { missing, remedy } = opened.left;
    if (process.env.TADSR_NO_SKIPS === "1") it(title, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`${title}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());

  const run = async ({ network, weights }: Recorded, call: Call): Promise<NdArray> => {
    const uploaded = uploadWeights(engine, network.parameters, weights);
    const [batch = 0] = call.input.shape;
    const inputs = {
      input: engine.upload("image", call.input),
      condition: engine.upload("image", call.condition),
      time: engine.upload("matrix", network.timeFeatures(call.indices, batch)),
    };
    const result = engine.scope(() => network.run(engine.algebra)(uploaded, inputs));
    const brought = await engine.download("image", result);
    engine.release([...Object.values(uploaded), ...Object.values(inputs), result]);
    return brought;
  };

  describe(`the UNet with Swin layers on ${name}`, () => {
    it.each(NAMES)("predicts what the authors' does: %s", async (fixture) => {
      const record = recordOf(fixture);
      for (const call of record.calls) {
        const error = relativeError(await run(record, call), call.expected);
        expect(error).toBeLessThan(name === "reference" ? TOLERANCE.reference : TOLERANCE.other);
      }
    });
  });
};

for (const runtime of Object.values(runtimes)) await describeAgreement(runtime);
