/** Writes zip files, including some with false entries. */
import { crc32, deflateRawSync } from "node:zlib";
import { bytesOf, type Code, uint16, uint32, uint64 } from "./pickle-assembler.ts";

export interface BuiltEntry {
  readonly name: string;
  readonly content: Code;
  readonly isDeflated?: boolean;
  /** Values of the directory that replace the true ones. */
  readonly lie?: {
    readonly crc?: number;
    readonly size?: number;
    readonly stored?: number;
    readonly header?: number;
    readonly flags?: number;
    readonly method?: number;
    readonly extra?: Code;
  };
  /** Values of the local header that replace the true ones. */
  readonly local?: { readonly name?: string; readonly method?: number };
}

export interface EndLies {
  readonly count?: number;
  readonly offset?: number;
  readonly size?: number;
  /** Bytes between the directory and the end's record, as records of zip64. */
  readonly before?: (directory: { offset: number; size: number; count: number }) => Code;
  readonly comment?: string;
}

const header = (
  name: string,
  method: number,
  crc: number,
  stored: number,
  size: number,
  flags: number,
): Code =>
  bytesOf(
    uint16(20),
    uint16(flags),
    uint16(method),
    uint32(0),
    uint32(crc),
    uint32(stored),
    uint32(size),
    uint16(Buffer.byteLength(name)),
  );

export const zipFile = (entries: readonly BuiltEntry[], end: EndLies = {}): Code => {
  const locals: Code[] = [];
  const central: Code[] = [];
  let at = 0;
  for (const { name, content, isDeflated = false, lie = {}, local = {} } of entries) {
    const packed = isDeflated ? deflateRawSync(content) : content;
    const method = isDeflated ? 8 : 0;
    const crc = crc32(content);
    const localName = local.name ?? name;
    const localBytes = bytesOf(
      uint32(0x04034b50),
      header(localName, local.method ?? method, crc, packed.length, content.length, 0x800),
      uint16(0),
      localName,
      packed,
    );
    const extra = lie.extra ?? new Uint8Array(0);
    central.push(
      bytesOf(
        uint32(0x02014b50),
        uint16(20),
        header(
          name,
          lie.method ?? method,
          lie.crc ?? crc,
          lie.stored ?? packed.length,
          lie.size ?? content.length,
          lie.flags ?? 0x800,
        ),
        uint16(extra.length),
        uint16(0),
        uint16(0),
        uint16(0),
        uint32(0),
        uint32(lie.header ?? at),
        name,
        extra,
      ),
    );
    locals.push(localBytes);
    at += localBytes.length;
  }
  const directory = bytesOf(...central);
  const truth = { offset: at, size: directory.length, count: entries.length };
  const { count, offset, size } = { ...truth, ...end };
  return bytesOf(
    ...locals,
    directory,
    end.before?.(truth) ?? new Uint8Array(0),
    uint32(0x06054b50),
    uint32(0),
    uint16(count),
    uint16(count),
    uint32(size),
    uint32(offset),
    uint16(end.comment?.length ?? 0),
    end.comment ?? "",
  );
};

/** Records of zip64; PyTorch's files always have them. */
export const zip64End = (
  { offset, size, count }: { offset: number; size: number; count: number },
  at = offset + size,
): Code =>
  bytesOf(
    uint32(0x06064b50),
    uint64(44),
    uint16(45),
    uint16(45),
    uint32(0),
    uint32(0),
    uint64(count),
    uint64(count),
    uint64(size),
    uint64(offset),
    uint32(0x07064b50),
    uint32(0),
    uint64(at),
    uint32(1),
  );

/** A file of torch.save: its pickle and its storages. */
export const torchEntries = (
  saved: Code,
  storages: Readonly<Record<string, Float32Array>> = {},
): readonly BuiltEntry[] => [
  { name: "archive/data.pkl", content: saved },
  { name: "archive/byteorder", content: bytesOf("little") },
  ...Object.entries(storages).map(([key, numbers]) => ({
    name: `archive/data/${key}`,
    content: new Uint8Array(numbers.buffer),
  })),
];
