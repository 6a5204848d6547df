/** Why a part of a model cannot be exported. Each message is one line. */
import type { CannotMix, PaperModelError, Size } from "@tadsr/model";
import type { PartName } from "./part.ts";

/** The model has no such part. */
export interface UnknownPart {
  readonly _tag: "UnknownPart";
  readonly model: string;
  readonly part: PartName;
  readonly parts: readonly PartName[];
  readonly message: string;
}

/** The part is one step from picture to picture, but the model takes several. */
export interface SeveralSteps {
  readonly _tag: "SeveralSteps";
  readonly model: string;
  readonly part: PartName;
  readonly steps: number;
  readonly message: string;
}

/** The time was to be an input, but the part reads none: it is built in, or the network has no time at all. */
export interface NoTimeInput {
  readonly _tag: "NoTimeInput";
  readonly model: string;
  readonly part: PartName;
  readonly hasTime: boolean;
  readonly message: string;
}

/** Why a part cannot be chosen or read. */
export type PartError = UnknownPart | SeveralSteps | NoTimeInput | PaperModelError | CannotMix;

/** The sides are no multiples of the part's alignment. */
export interface InvalidSize {
  readonly _tag: "InvalidSize";
  readonly part: PartName;
  readonly size: Size;
  readonly alignment: number;
  readonly message: string;
}

/** The part's graph depends on the size, so the size cannot be open. */
export interface SizeNotOpen {
  readonly _tag: "SizeNotOpen";
  readonly part: PartName;
  readonly why: string;
  readonly message: string;
}

/** Winograd's method needs a size, and more digits than float16 has. */
export interface NoWinograd {
  readonly _tag: "NoWinograd";
  readonly because: "open size" | "float16";
  readonly message: string;
}

/** A version of ONNX's operators that is not written. */
export interface UnknownOpset {
  readonly _tag: "UnknownOpset";
  readonly opset: number;
  readonly opsets: readonly number[];
  readonly message: string;
}

/** A number of the model that float16 cannot hold. */
export interface NotInFloat16 {
  readonly _tag: "NotInFloat16";
  readonly model: string;
  readonly value: number;
  readonly message: string;
}

/** The weights were to be inside the file, but no file of this format holds so many. */
export interface TooLargeInside {
  readonly _tag: "TooLargeInside";
  readonly bytes: number;
  readonly message: string;
}

/** Why a part that was read makes no file. */
export type ExportError =
  | InvalidSize
  | SizeNotOpen
  | NoWinograd
  | UnknownOpset
  | NotInFloat16
  | TooLargeInside;

export const unknownPart = (model: string, part: PartName, parts: readonly PartName[]): UnknownPart => ({
  _tag: "UnknownPart",
  ...{ model, part, parts },
  message: `${model}: it has no part ${part}; its parts are ${parts.join(", ")}`,
});

export const severalSteps = (model: string, part: PartName, steps: number): SeveralSteps => ({
  _tag: "SeveralSteps",
  ...{ model, part, steps },
  message: `${model}: a ${part} is one step, but it takes ${steps}; export its network, which has the time as an input`,
});

export const noTimeInput = (model: string, part: PartName, hasTime: boolean): NoTimeInput => ({
  _tag: "NoTimeInput",
  ...{ model, part, hasTime },
  message: hasTime
    ? `${model}: a ${part} has its time built in; only a network can have it as an input`
    : `${model}: it is a network without time, so the time cannot be an input`,
});

const sizeText = ({ height, width }: Size): string => `${height}x${width}`;

export const invalidSize = (part: PartName, size: Size, alignment: number): InvalidSize => ({
  _tag: "InvalidSize",
  ...{ part, size, alignment },
  message: `size ${sizeText(size)}: the sides of what ${part} reads are multiples of ${alignment}; give such a size`,
});

export const sizeNotOpen = (part: PartName, why: string): SizeNotOpen => ({
  _tag: "SizeNotOpen",
  ...{ part, why },
  message: `${part} cannot leave the size open (${why}); give a size`,
});

export const noWinograd = (because: NoWinograd["because"]): NoWinograd => ({
  _tag: "NoWinograd",
  because,
  message:
    because === "open size"
      ? "Winograd's method cuts pictures of one size into tiles; give a size, or leave the method out"
      : "Winograd's method loses too much in float16; take one of the two",
});

export const unknownOpset = (opset: number, opsets: readonly number[]): UnknownOpset => ({
  _tag: "UnknownOpset",
  ...{ opset, opsets },
  message: `opset ${opset} is not written; allowed are ${opsets.join(", ")}`,
});

export const notInFloat16 = (model: string, value: number): NotInFloat16 => ({
  _tag: "NotInFloat16",
  ...{ model, value },
  message: `${model}: one of its numbers is ${value}, which float16 cannot hold; take float32`,
});

export const tooLargeInside = (bytes: number): TooLargeInside => ({
  _tag: "TooLargeInside",
  bytes,
  message: `${(bytes / 1e6).toFixed(1)} MB of weights are more than the 2 GB that a file holds; write them beside it`,
});
