/** Turns functions into the bytes of a module. WebAssembly Core Specification 2.0, section 5.5, "Modules". */
import type { WasmFunction } from "./code.ts";
import { functionBody, KINDS } from "./function-body.ts";
import { unsigned } from "./leb128.ts";

type Bytes = readonly number[];

const sized = (bytes: Bytes): Bytes => [...unsigned(bytes.length), ...bytes];
const listed = (items: readonly Bytes[]): Bytes => unsigned(items.length).concat(...items);
const section = (id: number, items: readonly Bytes[]): Bytes => [id, ...sized(listed(items))];

const exported = (name: string, kind: number, index: number): Bytes => [
  ...sized([...name].map((letter) => letter.charCodeAt(0))),
  kind,
  ...unsigned(index),
];

/** A module that exports the functions under their names and `pages` of 64 KiB under the name `memory`. */
export const encode = (functions: Readonly<Record<string, WasmFunction>>, pages: number): Uint8Array => {
  const names = Object.keys(functions);
  const bodies = Object.values(functions);
  const types = bodies.map(({ parameters }) => [0x60, ...listed(parameters.map(() => [KINDS.i32])), 0x00]);
  const memory = [0x01, ...unsigned(pages), ...unsigned(pages)];
  const exports = names.map((name, index) => exported(name, 0x00, index));
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(3, [...types.keys()].map(unsigned)),
    ...section(5, [memory]),
    ...section(7, [exported("memory", 0x02, 0), ...exports]),
    ...section(
      10,
      bodies.map((body) => sized(functionBody(body))),
    ),
  ]);
};
