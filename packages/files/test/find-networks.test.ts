import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pictureNetwork, publishedModels, publishedPictureNetworks } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, expect, test } from "vitest";
import { saveRandom, tinyUNet } from "../../cli/test/tiny-paper-networks.ts";
import { savePictureNetwork, tinySrvgg } from "../../cli/test/tiny-picture-networks.ts";
import { findNetworks } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "tadsr-files-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const namesOf = (network: { readonly parameters: readonly { readonly name: string }[] }) =>
  network.parameters.map(({ name }) => name);

const found = async (named: string) => {
  const networks = await findNetworks(named)();
  if (E.isLeft(networks)) throw new Error(networks.left.message);
  return networks.right;
};

test("a published name gives its networks, and a file its own", async () => {
  expect(await found("tad-sr-s1")).toBe(publishedModels["tad-sr-s1"]);
  const general = await found("realesr-general-x4v3");
  if (!("parameters" in general)) throw new Error("it is a model with an autoencoder");
  expect(namesOf(general)).toEqual(namesOf(pictureNetwork(publishedPictureNetworks["realesr-general-x4v3"])));
  await savePictureNetwork(at("net.pth"), tinySrvgg);
  const tiny = await found(at("net.pth"));
  expect("parameters" in tiny && namesOf(tiny)).toEqual(namesOf(pictureNetwork(tinySrvgg)));
});

test("other names and other networks are errors of one line", async () => {
  await saveRandom(at("unet.pth"), tinyUNet);
  expect(await findNetworks(at("unet.pth"))()).toMatchObject({
    left: {
      _tag: "NotOfPictures",
      file: at("unet.pth"),
      message: expect.stringMatching(/unet\.pth: it is no network from pictures to pictures; .*faceir-s4\)$/),
    },
  });
  // Not a property that every object has.
  for (const name of ["realsr", "constructor"])
    expect(await findNetworks(name)()).toMatchObject({
      left: {
        _tag: "UnknownNetwork",
        name,
        message: expect.stringContaining(`${name}: neither a published`),
      },
    });
});
