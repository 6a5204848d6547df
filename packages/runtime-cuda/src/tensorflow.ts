import util from "node:util";
import { lazyRuntime, type Runtime } from "@tadsr/core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** Type checks that tfjs-node calls. Node 22 warns about them, and Node 23 removed them from `util`. */
const removedFromUtil = {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isString: (value: unknown): boolean => typeof value === "string",
  isNumber: (value: unknown): boolean => typeof value === "number",
  isBoolean: (value: unknown): boolean => typeof value === "boolean",
  isObject: (value: unknown): boolean => typeof value === "object" && value !== null,
  isFunction: (value: unknown): boolean => typeof value === "function",
  isUndefined: (value: unknown): boolean => value === undefined,
};

const restoreUtil = (): void => {
  const target = util as unknown as Record<string, unknown>;
  for (const [name, test] of Object.entries(removedFromUtil)) target[name] = test;
};

/**
 * TensorFlow's own kernels under TensorFlow.js, on all cores, on a given number of threads, or on CUDA if its
 * TensorFlow was built for it. It reads the number of threads once, when it is loaded.
 */
export const tensorflowRuntime = ({ threads }: { readonly threads?: number } = {}): Runtime<Tensor> =>
  lazyRuntime({
    name: "tensorflow",
    load: async () => {
      const { openBackend } = await import("@tadsr/engine-tfjs");
      return openBackend({
        name: "tensorflow",
        backend: "tensorflow",
        register: () => {
          process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
          if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
          restoreUtil();
          return import("@tensorflow/tfjs-node-gpu");
        },
      });
    },
    missing: "TensorFlow's library for @tensorflow/tfjs-node-gpu",
    remedy: "install it: npx tadsr-setup-tensorflow (in a clone: npx -y pnpm@12 setup:tensorflow)",
  });

export const tensorflow: Runtime<Tensor> = tensorflowRuntime();
