/** In a page: the comparison of a runtime's results with recorded numbers that the site has. */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { type ByteFile, fileOfResponse, fileUnreadable } from "@tadsr/model";
import { onnxWasmRuntime, webgpu } from "@tadsr/runtime-web";
import { type Folder, type Row, verifyFolder } from "@tadsr/verify/plain";
import * as TE from "fp-ts/lib/TaskEither.js";

const runtimes: Readonly<Record<string, Runtime>> = {
  webgpu: anyRuntime(webgpu),
  "onnx-wasm": anyRuntime(onnxWasmRuntime({ files: "/ort/" })),
};

/** A file that the page asks for each time it is opened. */
const fileAt = (address: string): ByteFile => ({
  name: address,
  open: TE.chain((response: Response) => fileOfResponse(response, address).open)(
    TE.tryCatch(
      () => fetch(address),
      (thrown) => fileUnreadable(address, thrown),
    ),
  ),
});

/** The rows of the manifest at that address. `names` are the files beside it. */
export const verify = async (
  name: string,
  manifest: string,
  names: readonly string[],
): Promise<readonly Row[]> => {
  const engine = await runtimes[name]?.open();
  if (engine === undefined) throw new Error(`there is no runtime ${name}`);
  if (engine._tag === "Left") throw new Error(`${engine.left.missing}; ${engine.left.remedy}`);
  const beside: Folder = { names, file: (file) => fileAt(new URL(file, manifest).href) };
  const rows = await verifyFolder(beside, fileAt(manifest), engine.right)();
  await engine.right.close();
  if (rows._tag === "Left") throw new Error(rows.left.message);
  return rows.right;
};
