/** Small operations on bytes that the formats share. */

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
};

/** A copy of its own. (`slice` of Node's Buffer shares the bytes.) */
export const copied = (bytes: Uint8Array | undefined): Uint8Array | undefined =>
  bytes && new Uint8Array(bytes);

/** The bytes of a text whose characters are below 256. */
export const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

export const startsWith = (bytes: Uint8Array, start: Uint8Array, from = 0): boolean =>
  bytes.length >= from + start.length && start.every((byte, i) => bytes[from + i] === byte);

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A part of a file: its name, where it begins with its header, where its content lies. */
export interface Part {
  readonly name: string;
  readonly start: number;
  readonly content: Uint8Array;
  readonly end: number;
}
