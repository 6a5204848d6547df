/** Opens a runtime by its name. `auto` may take a graphics card, by what `tadsr doctor` measured. */
import type { Engine } from "@tadsr/core";
import {
  type Figure,
  fasterFirst,
  type NoRuntime,
  type OpenOptions,
  type RuntimeChoice,
  type RuntimeEntries,
  runtimeOpener,
  type Work,
} from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";

export interface AutoOptions<Name extends string> extends Omit<OpenOptions<Name>, "candidates"> {
  /** `upscaling` by default. */
  readonly work?: Work;
}

/**
 * `preferences` are the runtimes that `auto` tries, fastest first. Before them it tries graphics cards that are clearly
 * faster by `figures`, and says what it took. A number of threads is one for the processor, so then it tries none.
 */
export const autoOpener =
  <Name extends string>(
    entries: RuntimeEntries<Name>,
    preferences: Readonly<Record<Work, readonly Name[]>>,
    figures: () => Promise<readonly Figure[]>,
  ) =>
  (
    choice: RuntimeChoice<Name>,
    { work = "upscaling", ...options }: AutoOptions<Name> = {},
  ): TE.TaskEither<NoRuntime, Engine<unknown>> =>
  async () => {
    const preferred = preferences[work];
    const open = runtimeOpener<Name>(entries, preferred);
    if (choice !== "auto" || options.device !== undefined || options.threads !== undefined)
      return open(choice, options)();
    const candidates = fasterFirst<Name>(entries, preferred, await figures(), work);
    const opened = await open(choice, { ...options, candidates })();
    const [first] = candidates;
    if (E.isRight(opened) && candidates.length > preferred.length) {
      const { name } = opened.right;
      options.tell?.(
        candidates.indexOf(name as Name) < candidates.length - preferred.length
          ? `auto takes ${name}, which tadsr doctor measured to be the fastest here`
          : `auto takes ${name}, since ${first} does not open any more; tadsr doctor says why`,
      );
    }
    return opened;
  };
