/** Keeps the page's files, so that it opens without a network. Weights are kept by the page's own worker. */

interface Offline {
  readonly version: string;
  readonly files: readonly string[];
}

/** The parts of a service worker's events and scope that are used here; the library has them for workers only. */
interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AskEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface ServiceScope {
  readonly registration: { readonly scope: string };
  addEventListener(type: "install" | "activate", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: AskEvent) => void): void;
}

const scope = self as unknown as ServiceScope;
/** The build puts its list here. */
const { version, files } = JSON.parse("__OFFLINE_FILES__") as Offline;
const PREFIX = "tadsr-page-";
const CACHE = `${PREFIX}${version}`;
const home = scope.registration.scope;
const addressOf = (file: string): string => new URL(file, home).href;
const kept = new Set(files.map(addressOf));
/** ONNX Runtime's other files are kept when they are first used. */
const ONNX_RUNTIME = addressOf("onnx-runtime/");

/** With these the page has threads, also where the host does not send them. */
const isolated = (response: Response): Response => {
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
};

const keepAll = async (): Promise<void> => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...kept].map((address) => new Request(address, { cache: "no-cache" })));
};

const removeOld = async (): Promise<void> => {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
};

const answer = async (address: string): Promise<Response> => {
  const cache = await caches.open(CACHE).catch(() => null);
  const found = await cache?.match(address);
  if (found !== undefined) return isolated(found);
  const response = await fetch(address);
  // If the browser has no room to keep the file, the page gets it all the same.
  if (response.ok) await cache?.put(address, response.clone()).catch(() => undefined);
  return isolated(response);
};

scope.addEventListener("install", (event) => event.waitUntil(keepAll()));
scope.addEventListener("activate", (event) => event.waitUntil(removeOld()));
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = request.url.replace(/[?#].*$/, "");
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && address === home) event.respondWith(answer(home));
  else if (kept.has(address) || address.startsWith(ONNX_RUNTIME)) event.respondWith(answer(address));
});
