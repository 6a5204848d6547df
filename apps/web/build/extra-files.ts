/** Files of the site that no module imports: served while developing, written when building. */
import type { Plugin } from "vite";

/** Makers of the files' contents, by their paths in the site. */
export type ExtraFiles = ReadonlyMap<string, () => Promise<Uint8Array>>;

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  mjs: "text/javascript",
  png: "image/png",
  svg: "image/svg+xml",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
};

const typeOf = (path: string): string => TYPES[path.split(".").at(-1) ?? ""] ?? "application/octet-stream";

export const extraFiles = (files: ExtraFiles): Plugin => ({
  name: "extra-files",
  configureServer: ({ middlewares, config }) => {
    const headers = Object.entries(config.server.headers ?? {});
    middlewares.use((request, response, next) => {
      const path = (request.url ?? "").replace(/[?#].*$/, "").replace(/^\//, "");
      const make = files.get(path);
      if (make === undefined) return next();
      make().then((content) => {
        // A worker's script needs those of the page.
        for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
        response.setHeader("Content-Type", typeOf(path));
        response.end(content);
      }, next);
    });
  },
  generateBundle: {
    handler: async function () {
      for (const [fileName, make] of files) this.emitFile({ type: "asset", fileName, source: await make() });
    },
  },
});
