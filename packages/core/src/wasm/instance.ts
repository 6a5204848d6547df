/** Compiles a module and makes it ready to run, if the platform can run it. */
import * as O from "fp-ts/lib/Option.js";
import type { WasmFunction } from "./code.ts";
import { encode } from "./encode.ts";

/** The part of the platform's `WebAssembly` that is used here. */
interface Platform {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

type Calls<N extends string> = Readonly<Record<N, (...parameters: readonly number[]) => void>>;

/** A module's functions, and its memory. */
export interface WasmInstance<N extends string> {
  readonly call: Calls<N>;
  readonly memory: ArrayBuffer;
}

/** WebAssembly's memory stores the lowest byte of a number first; typed arrays use the processor's order. */
const isLowestByteFirst = (): boolean => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The compiled functions, with `pages` of 64 KiB. None if there is no WebAssembly, if it has no vectors, or if a page's
 * content security policy forbids it.
 */
export const instantiate = <N extends string>(
  functions: Readonly<Record<N, WasmFunction>>,
  pages: number,
): O.Option<WasmInstance<N>> => {
  const { WebAssembly: platform } = globalThis as { readonly WebAssembly?: Platform };
  if (platform === undefined || !isLowestByteFirst()) return O.none;
  return O.tryCatch(() => {
    const { exports } = new platform.Instance(new platform.Module(encode(functions, pages)));
    const { memory } = exports as { readonly memory: { readonly buffer: ArrayBuffer } };
    return { call: exports as Calls<N>, memory: memory.buffer };
  });
};
