/** LEB128: whole numbers in groups of seven bits, lowest first. WebAssembly Core Specification 2.0, section 5.2.2. */

/** The bytes of an unsigned number, 0 to 2^32 - 1. */
export const unsigned = (value: number): readonly number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];

/** The bytes of a signed number, -2^63 to 2^63 - 1. */
export const signed = (value: bigint): readonly number[] =>
  value >= -0x40n && value < 0x40n
    ? [Number(value & 0x7fn)]
    : [Number(value & 0x7fn) | 0x80, ...signed(value >> 7n)];
