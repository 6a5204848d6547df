/** Bundles a program for a page, as a user's vite would. */
import { build } from "vite";
import type { Contents } from "./site.ts";

/** The bundle's files by their paths; `/program.js` is the entry, with its exports. */
export const bundleProgram = async (entry: string): Promise<Contents> => {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    root: import.meta.dirname,
    build: {
      write: false,
      minify: false,
      target: "esnext",
      modulePreload: false,
      rollupOptions: {
        input: entry,
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "program.js", chunkFileNames: "[name]-[hash].js" },
      },
    },
    // ONNX Runtime's own files are served as they are.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "production"] },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  return Object.fromEntries(
    outputs.map((output) => [`/${output.fileName}`, output.type === "chunk" ? output.code : output.source]),
  );
};
