/** A small site on this machine for one test file: given files, and the pages' headers. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

/** Contents by their paths, such as `/program.js`. */
export type Contents = Readonly<Record<string, string | Uint8Array>>;

export interface SiteOptions {
  readonly contents: Contents;
  /** Folders on the disk by the paths under which they are served, such as `/ort/`. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Headers of every answer besides the type. By default those that make a page cross-origin isolated. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  /** Without a slash at the end. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

const onDisk = async (path: string, folders: NonNullable<SiteOptions["folders"]>): Promise<Buffer | null> => {
  for (const [prefix, folder] of Object.entries(folders)) {
    if (!path.startsWith(prefix)) continue;
    const file = normalize(join(folder, path.slice(prefix.length)));
    if (file.startsWith(normalize(folder) + sep)) return readFile(file).catch(() => null);
  }
  return null;
};

/** Serves until it is closed, at any free port of this machine. */
export const openSite = async ({
  contents,
  folders = {},
  headers = ISOLATED,
}: SiteOptions): Promise<Site> => {
  const server = createServer(async ({ url = "/" }, response) => {
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    const body = contents[path] ?? (await onDisk(path, folders));
    response.writeHead(body === null ? 404 : 200, {
      ...headers,
      "Content-Type": TYPES[extname(path)] ?? (path.endsWith("/") ? "text/html" : "application/octet-stream"),
    });
    response.end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
