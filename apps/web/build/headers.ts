/** What the site's answers say besides their content. */
import type { Plugin } from "vite";

/** They give the page threads: with them it is cross-origin isolated. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Only the site's own files, no code from text but WebAssembly, no styles in the document. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Of the built site. While developing, vite puts styles into the document. */
export const HEADERS = {
  ...ISOLATION,
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": `${POLICY}; frame-ancestors 'none'`,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The policy also stands in the page, for hosts whose headers cannot be set; `_headers` is for hosts that read it. */
export const writtenHeaders = (): Plugin => ({
  name: "written-headers",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
  generateBundle: {
    handler: function () {
      const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
      this.emitFile({ type: "asset", fileName: "_headers", source: `/*\n${lines.join("")}` });
    },
  },
});
