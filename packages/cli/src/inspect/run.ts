/** `tadsr inspect`: prints the table, the totals and the network that the file holds. */
import { checkpointContent } from "@tadsr/files";
import {
  type CheckpointContent,
  type ContentOptions,
  type ContentTensor,
  printable,
  quoted,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { modelLine } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";

export interface InspectOptions
  extends Pick<ContentOptions, "group" | "imageSize" | "window" | "headChannels"> {
  readonly json?: boolean;
}

/** 118593583 as 118 593 583. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

/** A name from the file, made harmless to a terminal. */
const shownName = (name: string): string => {
  const text = quoted(name);
  return text === `"${name}"` ? name : text;
};

const total = (tensors: readonly ContentTensor[]): number =>
  tensors.reduce((sum, { numbers }) => sum + numbers, 0);

const groupLine = ({ groups, group }: CheckpointContent): string => {
  const shown = groups.map(({ path, prefix, tensors }) => {
    const without = prefix === "" ? "" : `, each name after ${quoted(prefix)}`;
    const isTaken = groups.length > 1 && path === group ? ", taken" : "";
    return `${path === "" ? "the outermost" : quoted(path)} (${plural(tensors, "tensor")}${without}${isTaken})`;
  });
  return `groups of tensors: ${shown.join("; ")}`;
};

const totalsLine = ({ tensors }: CheckpointContent): string => {
  const buffers = tensors.filter(({ isBuffer }) => isBuffer);
  const learned = tensors.filter(({ isBuffer }) => !isBuffer);
  const rest = buffers.length === 0 ? "" : `; ${plural(buffers.length, "buffer")}, which are recomputed`;
  return `${plural(learned.length, "tensor")}, ${grouped(total(learned))} numbers${rest}`;
};

const takenLines = ({ takenFor, group }: CheckpointContent): readonly string[] => {
  if (takenFor.architecture === null && takenFor.features !== null)
    return [`taken for: the features of ${takenFor.features.title}, by which pictures are compared`];
  if (takenFor.architecture === null)
    return [group === null ? takenFor.reason : `taken for no network: ${takenFor.reason}`];
  const { kind, config, assumed } = takenFor.architecture;
  const { published } = takenFor;
  return [
    `taken for: ${kind}${published.length === 0 ? "" : `, as in ${published.join(", ")}`}`,
    `configuration: ${JSON.stringify(config)}`,
    ...(assumed.length === 0 ? [] : [`assumed, because the tensors do not tell: ${assumed.join(", ")}`]),
  ];
};

const asJson = (file: string, inspected: CheckpointContent): string => {
  const { format, metadata, groups, group, tensors, takenFor } = inspected;
  const taken =
    takenFor.architecture !== null
      ? { takenFor: { ...takenFor.architecture, published: takenFor.published } }
      : takenFor.features !== null
        ? { takenFor: { kind: "features", network: takenFor.features.name } }
        : { takenFor: null, reason: takenFor.reason };
  const parameters = total(tensors.filter(({ isBuffer }) => !isBuffer));
  return JSON.stringify({ file, format, metadata, groups, group, tensors, parameters, ...taken });
};

/** The exit code is 0 if the file could be read, even if its network is unknown. */
export const runInspect =
  (shell: Shell, named: string, options: InspectOptions): CommandTask =>
  async () => {
    const { json, ...choices } = options;
    const read = await checkpointContent(resolveIn(shell, named), choices)();
    if (E.isLeft(read)) return E.left(modelLine(read.left));
    const content = read.right;
    if (json === true) {
      printLine(shell, asJson(named, content));
      return E.right(0);
    }
    printLine(shell, `${named}: ${content.format}`);
    for (const [key, value] of Object.entries(content.metadata))
      printLine(shell, `${shownName(key)}: ${printable(value)}`);
    printLine(shell, groupLine(content));
    if (content.tensors.length > 0) {
      const rows = content.tensors.map(({ name, dtype, shape, numbers, isBuffer }) => [
        shownName(name),
        dtype,
        `[${shape.join(", ")}]`,
        grouped(numbers),
        isBuffer ? "buffer" : "",
      ]);
      const table = textTable(
        [["tensor", "type", "shape", "numbers", ""], ...rows],
        ["left", "left", "left", "right", "left"],
      );
      for (const line of table) printLine(shell, line);
      printLine(shell, totalsLine(content));
    }
    for (const line of takenLines(content)) printLine(shell, line);
    return E.right(0);
  };
