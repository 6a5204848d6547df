/** The model that the page asked for last: opened when it is needed, and again after its engine was lost. */
import type { Runtime } from "@tadsr/core";
import type { DescribedModel } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { ModelRequest } from "./messages.ts";
import { type OpenedModel, openModel } from "./open-engine.ts";
import type { ModelInUse } from "./upscale-photo.ts";
import type { WorkerError } from "./worker-error.ts";

export const modelInUse = (
  runtimes: readonly Runtime[],
  described: DescribedModel,
  request: ModelRequest,
): ModelInUse => {
  let opened: OpenedModel | null = null;
  /** After memory was refused. */
  let smaller: number | undefined;

  const open = async (): Promise<E.Either<WorkerError, OpenedModel>> => {
    if (opened !== null) return E.right(opened);
    const result = await openModel(runtimes, described, request, smaller);
    if (E.isRight(result)) opened = result.right;
    return result;
  };
  const close = async (): Promise<void> => {
    const former = opened;
    opened = null;
    await former?.close();
  };
  return {
    open,
    close,
    openSmaller: async () => {
      if (smaller !== undefined || opened === null) return null;
      smaller = Math.max(1, Math.floor(opened.ready.tile / 2));
      await close();
      return open();
    },
  };
};
