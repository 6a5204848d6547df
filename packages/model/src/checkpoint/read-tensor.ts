/** A tensor's numbers from its storage, in row-major order. */
import { elements, type NdArray } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { decodeFloats, decodeIntegers, isReadableFloat } from "../number-formats.ts";
import { type Checked, invalid } from "./complaint.ts";
import { DTYPE_BYTES, type TensorDtype } from "./dtypes.ts";
import type { TorchTensor } from "./pickle-values.ts";
import { gather, isContiguous, span } from "./tensor-view.ts";
import type { TorchFile } from "./torch-file.ts";

type Numbers = Float32Array | Float64Array;

const read = async (
  file: TorchFile,
  tensor: TorchTensor,
  decode: (bytes: Uint8Array) => Checked<Numbers>,
  empty: (length: number) => Numbers,
): Promise<Checked<NdArray>> => {
  const { storage, offset, shape } = tensor;
  const width = DTYPE_BYTES[storage.dtype];
  const bytes = await file.read(storage, offset * width, span(tensor) * width);
  if (E.isLeft(bytes)) return bytes;
  return E.map((numbers: Numbers) => ({
    shape,
    data: isContiguous(tensor) ? numbers : gather(tensor, numbers, empty(elements(shape))),
  }))(decode(bytes.right));
};

/** As float32; float64 is rounded to it. */
export const readFloats = async (file: TorchFile, tensor: TorchTensor): Promise<Checked<NdArray>> => {
  const { dtype } = tensor.storage;
  return isReadableFloat(dtype)
    ? read(
        file,
        tensor,
        (bytes) => floatsOf(dtype, bytes),
        (length) => new Float32Array(length),
      )
    : invalid(dtype, "numbers of F32, F16, BF16 or F64");
};

/** Float32 from the bytes. An F64 number that float32 cannot hold is refused, not made infinite. */
const floatsOf = (dtype: Parameters<typeof decodeFloats>[0], bytes: Uint8Array): Checked<Float32Array> => {
  const numbers = decodeFloats(dtype, bytes);
  return numbers === null
    ? invalid("a number too large for float32", "numbers that float32 can hold")
    : E.right(numbers);
};

/** Whole numbers from the bytes. One beyond 2^53 is refused, because it would be rounded. */
const integersOf = (dtype: TensorDtype, bytes: Uint8Array): Checked<Float64Array> => {
  const numbers = decodeIntegers(dtype, bytes);
  return numbers === null
    ? invalid(dtype, "whole numbers (I64, I32, I16, I8, U8, BOOL) below 2^53")
    : E.right(numbers);
};

/** Whole numbers as float64; true is 1 and false is 0. */
export const readWhole = (file: TorchFile, tensor: TorchTensor): Promise<Checked<NdArray>> =>
  read(
    file,
    tensor,
    (bytes) => integersOf(tensor.storage.dtype, bytes),
    (length) => new Float64Array(length),
  );
