/** The graphics cards that Dawn finds, and the options with which it takes one of them. */
import type { Gpu } from "./gpu.ts";

export interface DawnAdapter {
  /** Such as vulkan or metal. */
  readonly backend: string;
  readonly name: string;
}

/** A name that no graphics card has. Dawn's answer to it lists those that there are. */
const NONE = "tadsr: no graphics card has this name";

/** From the lines of Dawn's error. */
export const adaptersIn = (message: string): readonly DawnAdapter[] =>
  message.split("\n").flatMap((line) => {
    const [, backend, name] = /^\s*\* backend: '(.*?)', name: '(.*)'\s*$/.exec(line) ?? [];
    return backend === undefined || name === undefined ? [] : [{ backend, name }];
  });

/** In Dawn's order; empty if it finds none. `create` is that of the package webgpu. */
export const listAdapters = async (
  create: (options: string[]) => Pick<Gpu, "requestAdapter">,
): Promise<readonly DawnAdapter[]> => {
  try {
    await create([`adapter=${NONE}`]).requestAdapter();
    return [];
  } catch (thrown) {
    return adaptersIn(thrown instanceof Error ? thrown.message : String(thrown));
  }
};

/**
 * Dawn takes the first adapter of a backend whose name contains what it is told. null if that would be another one than
 * number `at`.
 */
export const optionsFor = (adapters: readonly DawnAdapter[], at: number): readonly string[] | null => {
  const wanted = adapters[at];
  if (wanted === undefined) return null;
  const { backend, name } = wanted;
  const first = adapters.findIndex((other) => other.backend === backend && other.name.includes(name));
  return first === at ? [`backend=${backend}`, `adapter=${name}`] : null;
};
