/** TensorFlow.js backends that npm installs. They and the engine are optional, so they are imported inside `open`. */
import { anyRuntime, lazyRuntime, type Runtime } from "@tadsr/core";
import type { TfjsBackend } from "@tadsr/engine-tfjs";

/** As in package.json: the backends and the core must have the same version. */
const VERSION = "4.22.0";

/** The runtime of a backend, whose name in TensorFlow.js is also the runtime's. */
export const tensorflowJs = (options: Omit<TfjsBackend, "backend">): Runtime => {
  const { name } = options;
  const backendPackage = `@tensorflow/tfjs-backend-${name}`;
  return anyRuntime(
    lazyRuntime({
      name,
      load: async () => (await import("@tadsr/engine-tfjs")).openBackend({ ...options, backend: name }),
      missing: "TensorFlow.js",
      remedy:
        "install it: " +
        `npm install @tadsr/engine-tfjs @tensorflow/tfjs-core@${VERSION} ${backendPackage}@${VERSION}`,
    }),
  );
};
