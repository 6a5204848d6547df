/** Packing as zlib does it (RFC 1950), by the streams that browsers and Node both have. */
import { joined } from "./bytes.ts";

/** More than any profile or packet has. A damaged or hostile one could unpack to more than memory holds. */
const MOST = 2 ** 26;

/** The output of a stream for one input; null if the input is damaged or gives too much. */
const through = async (
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
): Promise<Uint8Array | null> => {
  const writer = stream.writable.getWriter();
  // The reader gets the same error, so it is not handled here.
  writer.write(new Uint8Array(bytes)).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return joined(parts);
      parts.push(value);
      length += value.length;
      if (length > MOST) {
        await reader.cancel();
        return null;
      }
    }
  } catch {
    return null;
  }
};

/** The content of packed bytes; null if they are damaged or hold more than 64 MiB. */
export const inflate = (packed: Uint8Array): Promise<Uint8Array | null> =>
  through(new DecompressionStream("deflate"), packed);

export const deflate = async (bytes: Uint8Array): Promise<Uint8Array> =>
  (await through(new CompressionStream("deflate"), bytes)) ?? new Uint8Array();
