/** Tells the service worker which files the page needs without a network. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** The text in the service worker's source that becomes the list, in whichever quotes it was built. */
const LIST = /(["'`])__OFFLINE_FILES__\1/;
export const SERVICE_WORKER = "service-worker.js";

/** Weights are kept by the page itself, and ONNX Runtime on WebGPU when it is first used. */
const isLeftOut = (file: string): boolean =>
  file === SERVICE_WORKER || file === "_headers" || /^models\/.*\/|asyncify|\.map$/.test(file);

export const offlineFiles = (): Plugin => ({
  name: "offline-files",
  apply: "build",
  generateBundle: {
    order: "post",
    handler: (_, bundle) => {
      const hash = createHash("sha256");
      const files = Object.values(bundle).filter(({ fileName }) => !isLeftOut(fileName));
      for (const file of files)
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      const worker = bundle[SERVICE_WORKER];
      if (worker?.type !== "chunk" || !LIST.test(worker.code))
        throw new Error(`${SERVICE_WORKER} has no place for the list of files`);
      const list = JSON.stringify({
        version: hash.digest("hex").slice(0, 16),
        files: files.map(({ fileName }) => (fileName === "index.html" ? "./" : fileName)).sort(),
      });
      worker.code = worker.code.replace(LIST, () => JSON.stringify(list));
    },
  },
});
