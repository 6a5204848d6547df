import { defaultClientConditions, defineConfig } from "vite";
import { extraFiles } from "./build/extra-files.ts";
import { HEADERS, ISOLATION, writtenHeaders } from "./build/headers.ts";
import { iconFiles } from "./build/icons.ts";
import { modelFiles } from "./build/models.ts";
import { offlineFiles, SERVICE_WORKER } from "./build/offline-files.ts";
import { onnxRuntimeFiles } from "./build/onnx-runtime.ts";

const files = new Map([...modelFiles(), ...onnxRuntimeFiles(), ...iconFiles()]);

export default defineConfig({
  // The site may lie in any folder of a host.
  base: "./",
  plugins: [extraFiles(files), writtenHeaders(), offlineFiles()],
  // ONNX Runtime's own files are among the site's, so its code need not hold them.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es" },
  optimizeDeps: {
    // Otherwise the page is loaded again when the worker first imports something.
    entries: ["index.html", "src/upscaling-worker.ts"],
    // Its code finds its other files by where it lies itself.
    exclude: ["onnxruntime-web"],
  },
  server: { headers: ISOLATION },
  preview: { headers: HEADERS },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { main: "index.html", "service-worker": "src/offline/service-worker.ts" },
      output: {
        entryFileNames: ({ name }) =>
          name === "service-worker" ? SERVICE_WORKER : "assets/[name]-[hash].js",
      },
    },
  },
});
