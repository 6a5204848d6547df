/** Changing one number in the bytes of a safetensors file, as a test's planted error. */

interface Entry {
  readonly dtype: string;
  readonly data_offsets: readonly [number, number];
}

/** The header's length, and the header. */
const headerOf = (bytes: Buffer): { readonly end: number; readonly header: Record<string, Entry> } => {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  return { end, header: JSON.parse(bytes.subarray(8, end).toString()) as Record<string, Entry> };
};

/** A copy in which element `index` of the float32 tensor `name` is multiplied by `factor`. */
export const withScaledElement = (bytes: Buffer, name: string, index: number, factor: number): Buffer => {
  const copy = Buffer.from(bytes);
  const { end, header } = headerOf(copy);
  const entry = header[name];
  if (entry === undefined || entry.dtype !== "F32") throw new Error(`no float32 tensor ${name}`);
  const at = end + entry.data_offsets[0] + 4 * index;
  copy.writeFloatLE(copy.readFloatLE(at) * factor, at);
  return copy;
};

/** A copy in which the tensor `name` has another name. */
export const withRenamedTensor = (bytes: Buffer, name: string, other: string): Buffer => {
  const { end, header } = headerOf(bytes);
  const renamed = Object.fromEntries(
    Object.entries(header).map(([key, value]) => [key === name ? other : key, value]),
  );
  const written = Buffer.from(JSON.stringify(renamed));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(written.length));
  return Buffer.concat([length, written, bytes.subarray(end)]);
};
