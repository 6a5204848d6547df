/**
 * Files that try to run code, to fill the memory, to hang the reader or to make it read wrong numbers. Each is refused
 * in one line that matches the pattern.
 */

import { hostileContainers } from "./hostile-containers.ts";
import type { HostileFile } from "./hostile-file.ts";
import { hostilePickles } from "./hostile-pickles.ts";
import { bytesOf, uint64 } from "./pickle-assembler.ts";

const DEEP = 100_000;

const safetensors = (
  name: string,
  header: string,
  data: number,
  message: RegExp,
  length?: bigint,
): HostileFile => ({
  name: `safetensors ${name}`,
  bytes: bytesOf(uint64(length ?? Buffer.byteLength(header)), header, new Uint8Array(data)),
  message,
});

const withShape = (shape: string, offsets = "[0,4]"): string =>
  `{"w":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;

const headers: readonly HostileFile[] = [
  safetensors("with a header of 2^63 bytes", "{}", 0, /a header length of 9223372036854775808/, 2n ** 63n),
  safetensors("with a header of 2^64 - 1 bytes", "{}", 0, /a header length of/, 2n ** 64n - 1n),
  safetensors("with a header of 90 MB", "{".padEnd(90_000_000), 0, /a header of 2 to 8388608 bytes/),
  safetensors(
    "of overlapping tensors",
    '{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
    12,
    /found 4, expected data beginning at byte 8/,
  ),
  safetensors(
    "of one tensor in another's place",
    '{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /found 0, expected data beginning at byte 4/,
  ),
  safetensors("with a shape of NaN", withShape("[NaN]"), 4, /not JSON/),
  safetensors("with a shape of null", withShape("[null]"), 4, /found \[null\], expected a shape/),
  safetensors("with an infinite shape", withShape("[1e999]"), 4, /expected a shape/),
  safetensors("with a shape of -1", withShape("[-1]"), 4, /found \[-1\], expected a shape/),
  safetensors("with a shape of -0", withShape("[-0]", "[0,0]"), 0, /expected a shape/),
  safetensors("with a shape of 1.5", withShape("[1.5]"), 4, /found \[1\.5\], expected a shape/),
  safetensors("with a shape of texts", withShape('["1"]'), 4, /expected a shape/),
  safetensors("with a shape of 2^60", withShape("[1152921504606846976]"), 4, /expected a shape/),
  safetensors(
    "with a shape of 2^80",
    withShape("[1099511627776,1099511627776]"),
    4,
    /found 4 bytes, expected/,
  ),
  safetensors("with 65 dimensions", withShape(JSON.stringify(Array(65).fill(1))), 4, /expected a shape/),
  safetensors(
    "with a shape 100 000 deep",
    withShape("[".repeat(DEEP) + "]".repeat(DEEP)),
    4,
    /expected a shape|not JSON/,
  ),
  safetensors("with offsets of -4", withShape("[1]", "[-4,0]"), 4, /data_offsets of two whole numbers/),
  safetensors("with offsets of NaN", withShape("[1]", "[0,NaN]"), 4, /not JSON/),
  safetensors(
    "with offsets beyond the file",
    withShape("[1099511627776]", "[0,4398046511104]"),
    4,
    /cut off/,
  ),
  safetensors(
    "with a name twice",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /the key "w" twice/,
  ),
  safetensors(
    "with a name twice by another spelling",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0077":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /the key "w" twice/,
  ),
  safetensors(
    "with a type twice",
    '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"dtype":"I32"}}',
    4,
    /the key "dtype" twice/,
  ),
  safetensors(
    "of two million lists",
    `{"w":[${"[],".repeat(2_000_000)}[]]}`,
    0,
    /expected an object with dtype/,
  ),
];

const others: readonly HostileFile[] = [
  { name: "an empty file", bytes: new Uint8Array(0), message: /found 0 bytes/ },
  {
    name: "a picture",
    bytes: bytesOf(0xff, 0xd8, 0xff, 0xe0, new Uint8Array(100)),
    message: /bytes ff d8 ff e0/,
  },
  { name: "zeros", bytes: new Uint8Array(1000), message: /bytes 00 00 00 00/ },
];

export const hostileFiles: readonly HostileFile[] = [
  ...hostilePickles,
  ...hostileContainers,
  ...headers,
  ...others,
];
