/** All that the page shows, as data. */
import type { Size } from "@tadsr/model";
import type { ModelReady, Upscaled, WorkerError } from "@tadsr/runtime-web/worker";
import type { RuntimeName } from "./runtime-names.ts";

export type ModelName = "small-x4" | "tiny-x4" | "stack-x4" | "own";

/** What the visitor chose. */
export interface Settings {
  readonly model: ModelName;
  readonly runtime: RuntimeName;
  /** The visitor's own files, for the model `own`. */
  readonly network: File | null;
  readonly description: File | null;
  readonly autoencoder: File | null;
}

/** What a picture and its result are like, as soon as the picture is decoded. */
export interface Sizes {
  readonly before: Size;
  readonly after: Size;
  /** Pixels of the result, per side, for each of the preview. */
  readonly reduction: number;
}

export type Progress =
  | { readonly kind: "waiting" }
  | { readonly kind: "working"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly made: Upscaled; readonly room: "pixels" | "file" }
  | { readonly kind: "failed"; readonly error: WorkerError }
  | { readonly kind: "stopped" };

export interface Item {
  readonly id: number;
  readonly file: File;
  readonly sizes: Sizes | null;
  readonly progress: Progress;
}

export type ModelState =
  | { readonly kind: "closed" }
  | { readonly kind: "opening"; readonly received: number; readonly of: number }
  | { readonly kind: "ready"; readonly ready: ModelReady }
  | { readonly kind: "failed"; readonly error: WorkerError };

export interface State {
  readonly settings: Settings;
  readonly model: ModelState;
  readonly items: readonly Item[];
  readonly selected: number | null;
  /** The format that is being written now. */
  readonly saving: string | null;
  /** What happened last, for everyone to read. */
  readonly notice: string;
}

export const initialState: State = {
  settings: { model: "small-x4", runtime: "auto", network: null, description: null, autoencoder: null },
  model: { kind: "closed" },
  items: [],
  selected: null,
  saving: null,
  notice: "",
};

export const itemOf = ({ items }: State, id: number | null): Item | null =>
  items.find((item) => item.id === id) ?? null;

export const withItem = (state: State, id: number, change: Partial<Item>): State => ({
  ...state,
  items: state.items.map((item) => (item.id === id ? { ...item, ...change } : item)),
});

/** Without the item; the one after it is selected, or the one before. */
export const withoutItem = (state: State, id: number): State => {
  const place = state.items.findIndex((item) => item.id === id);
  const items = state.items.filter((item) => item.id !== id);
  const next = items[Math.min(place, items.length - 1)]?.id ?? null;
  return { ...state, items, selected: state.selected === id ? next : state.selected };
};

const lost = (name: string): WorkerError => ({
  _tag: "WorkerError",
  code: "ended",
  message: `${name}: its result was lost when the worker failed; try again`,
});

/** After the worker ended: results whose pixels it held are lost. Those that are files are not. */
export const withoutPixels = (state: State): State => ({
  ...state,
  items: state.items.map((item) =>
    item.progress.kind === "done" && item.progress.room === "pixels"
      ? { ...item, progress: { kind: "failed", error: lost(item.file.name) } }
      : item,
  ),
});

export const nextWaiting = ({ items }: State): Item | null =>
  items.find(({ progress }) => progress.kind === "waiting") ?? null;

export const isWorking = ({ items }: State): boolean =>
  items.some(({ progress }) => progress.kind === "working");

/** Bytes of the results whose pixels are held. */
export const bytesHeld = ({ items }: State): number =>
  items.reduce(
    (sum, { progress }) =>
      progress.kind === "done" && progress.room === "pixels"
        ? sum + 3 * progress.made.width * progress.made.height
        : sum,
    0,
  );

/** The model can be opened as the settings are. */
export const isComplete = ({ model, network }: Settings): boolean => model !== "own" || network !== null;
