/** Writes weights tensor by tensor, so a file of any size needs the memory of one tensor. */
import { elements } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteSink } from "../bytes/byte-sink.ts";
import { crc32 } from "../bytes/crc32.ts";
import { type FileUnwritable, fileUnwritable, type ValueOutOfRange } from "../errors.ts";
import { headerBytes } from "../safetensors-header.ts";
import { byteLength, encodeTensor, type StreamedTensor } from "./streamed-tensor.ts";
import { directory, localHeader, stateDictPickle, type ZipRecord } from "./torch-zip-parts.ts";
import type { WeightFormat } from "./weight-format.ts";

export interface WriteWeightsOptions {
  readonly format: WeightFormat;
  /** Texts beside the tensors, which safetensors can hold. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Gives a tensor's bytes, or stops the writing. */
type Encode<E1> = (tensor: StreamedTensor<E1>) => Promise<Uint8Array>;

const writeSafetensors = async <E1>(
  sink: ByteSink,
  tensors: readonly StreamedTensor<E1>[],
  metadata: Readonly<Record<string, string>>,
  encode: Encode<E1>,
): Promise<void> => {
  let begin = 0;
  const entries = tensors.map((tensor) => {
    const end = begin + byteLength(tensor);
    const entry = { name: tensor.name, type: tensor.dtype, shape: tensor.shape, begin, end };
    begin = end;
    return entry;
  });
  await sink.write(headerBytes(entries, metadata));
  for (const tensor of tensors) await sink.write(await encode(tensor));
};

/** The limit of zip files without 64-bit records, which this writer does not make. */
const LARGEST_ZIP = 2 ** 32 - 2 ** 24;
const MOST_ENTRIES = 2 ** 16 - 8;
const LARGEST_COUNT = 2 ** 31;

const writeTorch = async <E1>(
  sink: ByteSink,
  tensors: readonly StreamedTensor<E1>[],
  encode: Encode<E1>,
): Promise<void> => {
  const total = tensors.reduce((sum, tensor) => sum + byteLength(tensor), 0);
  const largest = Math.max(0, ...tensors.map(({ shape }) => elements(shape)));
  if (total > LARGEST_ZIP || tensors.length > MOST_ENTRIES || largest >= LARGEST_COUNT)
    throw new Error(`${total} bytes are more than a plain zip file holds; write .safetensors`);
  const records: ZipRecord[] = [];
  let offset = 0;
  const add = async (name: string, bytes: Uint8Array): Promise<void> => {
    const record = { name: `archive/${name}`, size: bytes.length, crc: crc32(bytes), offset };
    const header = localHeader(record);
    await sink.write(header);
    await sink.write(bytes);
    records.push(record);
    offset += header.length + bytes.length;
  };
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  await add("data.pkl", stateDictPickle(tensors));
  await add("byteorder", ascii("little"));
  for (const [key, tensor] of tensors.entries()) await add(`data/${key}`, await encode(tensor));
  await add("version", ascii("3\n"));
  await sink.write(directory(records, offset));
};

/** Writes tensors in their order. If one cannot be read, its error is the result. */
export const writeWeights =
  <E1>(
    sink: ByteSink,
    tensors: readonly StreamedTensor<E1>[],
    { format, metadata = {} }: WriteWeightsOptions,
  ): TE.TaskEither<E1 | FileUnwritable | ValueOutOfRange, void> =>
  async () => {
    let refused: E.Left<E1 | ValueOutOfRange> | null = null;
    const encode: Encode<E1> = async (tensor) => {
      const read = await tensor.read();
      const encoded: E.Either<E1 | ValueOutOfRange, Uint8Array> = E.isLeft(read)
        ? read
        : encodeTensor(sink.name, tensor, read.right);
      if (E.isRight(encoded)) return encoded.right;
      refused = encoded;
      throw new Error("interrupted");
    };
    try {
      await (format === "safetensors"
        ? writeSafetensors(sink, tensors, metadata, encode)
        : writeTorch(sink, tensors, encode));
      return E.right(undefined);
    } catch (thrown) {
      return refused ?? E.left(fileUnwritable(sink.name, thrown));
    }
  };
