/** The checksum of zip files: CRC-32 with the reversed polynomial 0xedb88320 (PKWARE's APPNOTE, 4.4.7). */

const POLYNOMIAL = 0xedb88320;

/** How many bytes one step takes. */
const STRIDE = 8;

/** At 256 k + b: the checksum, begun at 0, of a byte b with k bytes of 0 after it. */
const TABLE = (() => {
  const table = new Int32Array(256 * STRIDE);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0);
    table[byte] = sum;
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] as number;
    table[at] = (before >>> 8) ^ (table[before & 0xff] as number);
  }
  return table;
})();

const entry = (following: number, byte: number): number => TABLE[256 * following + (byte & 0xff)] as number;

/** Continues a checksum: `former` is that of the bytes before these. */
export const crc32 = (bytes: Uint8Array, former = 0): number => {
  let sum = ~former;
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (; at + STRIDE <= bytes.length; at += STRIDE) {
    const low = view.getInt32(at, true) ^ sum;
    const high = view.getInt32(at + 4, true);
    sum =
      entry(7, low) ^
      entry(6, low >>> 8) ^
      entry(5, low >>> 16) ^
      entry(4, low >>> 24) ^
      entry(3, high) ^
      entry(2, high >>> 8) ^
      entry(1, high >>> 16) ^
      entry(0, high >>> 24);
  }
  for (; at < bytes.length; at++) sum = (sum >>> 8) ^ entry(0, sum ^ (bytes[at] as number));
  return ~sum >>> 0;
};
