/** Inflates bytes by the decompression that browsers and Node both have. */

/** The content, which must have exactly `size` bytes. Null if the bytes are damaged or give another number. */
export const inflateRaw = async (packed: Uint8Array, size: number): Promise<Uint8Array | null> => {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  // The reader gets the same error, so it is not handled here.
  writer.write(packed.slice()).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = readable.getReader();
  const content = new Uint8Array(size);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return filled === size ? content : null;
      if (filled + value.length > size) {
        await reader.cancel();
        return null;
      }
      content.set(value, filled);
      filled += value.length;
    }
  } catch {
    return null;
  }
};
