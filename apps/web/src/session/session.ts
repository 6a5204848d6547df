/** The page's work: files come in, the worker upscales them one after another, and the state tells how it goes. */
import type { PictureFormat } from "@tadsr/metadata";
import type { Rectangle } from "@tadsr/model";
import {
  type ModelChoice,
  manifestOf,
  type PictureInWorker,
  type UpscalerInWorker,
  type UpscalingWorker,
  upscalingWorker,
  type WeightsManifest,
  type WorkerError,
} from "@tadsr/runtime-web/worker";
import { download, nameOfResult } from "./download.ts";
import { drawTile, type Preview, previewOf } from "./previews.ts";
import {
  bytesHeld,
  type Item,
  initialState,
  isComplete,
  isWorking,
  itemOf,
  nextWaiting,
  type Settings,
  type State,
  withItem,
  withoutItem,
  withoutPixels,
} from "./state.ts";

type PixelListener = (id: number, part: Rectangle | null) => void;

export interface Session {
  readonly state: () => State;
  /** Calls the listener after every change; gives a function that ends this. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Calls the listener when pixels of the picture with this number changed: those in a part of the result, or all. */
  readonly onPixels: (listener: PixelListener) => () => void;
  readonly previewFor: (id: number) => Preview | null;
  readonly pictureFor: (id: number) => PictureInWorker | null;
  readonly add: (files: readonly File[]) => void;
  readonly select: (id: number) => void;
  /** Stops the work on it. */
  readonly stop: (id: number) => void;
  readonly again: (id: number) => void;
  readonly remove: (id: number) => void;
  readonly choose: (settings: Partial<Settings>) => void;
  /** Opens the model, so that the first picture need not wait for it. */
  readonly prepare: () => void;
  readonly save: (id: number, format: PictureFormat) => Promise<void>;
  readonly emptyCache: () => Promise<void>;
}

/** Results whose pixels are held take at most this many bytes; older ones are held as PNG files. */
const ROOM = 600e6;

const MANIFEST = "models/manifest.json";

const fetchManifest = async (): Promise<WeightsManifest | WorkerError> => {
  const address = new URL(MANIFEST, document.baseURI).href;
  const failed = (why: string): WorkerError => ({
    _tag: "WorkerError",
    code: "not-downloaded",
    message: `the list of models: ${why}; look at the connection and try again`,
  });
  try {
    const response = await fetch(address);
    if (!response.ok) return failed(`the server answered ${response.status}`);
    return manifestOf(address, await response.json()) ?? failed("the server sent something else");
  } catch {
    return failed("the server cannot be reached");
  }
};

export const createSession = (startWorker: () => Worker): Session => {
  let state = initialState;
  const listeners = new Set<() => void>();
  const pixelListeners = new Set<PixelListener>();
  const previews = new Map<number, Preview>();
  const pictures = new Map<number, PictureInWorker>();
  const files = new Map<number, Blob>();
  const stops = new Map<number, AbortController>();
  let worker: UpscalingWorker | null = null;
  let opened: { readonly settings: Settings; readonly upscaler: UpscalerInWorker } | null = null;
  let opening: Promise<UpscalerInWorker | WorkerError> | null = null;
  let count = 0;

  const set = (next: State): void => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const setItem = (id: number, change: Partial<Item>): void => set(withItem(state, id, change));
  const tellPixels: PixelListener = (id, part) => {
    for (const listener of [...pixelListeners]) listener(id, part);
  };
  const notice = (text: string): void => set({ ...state, notice: text });

  /** A worker that ended is replaced when it is needed again. */
  const workerInUse = (): UpscalingWorker => {
    worker ??= upscalingWorker(startWorker());
    return worker;
  };
  /** If the worker ended, so did the results whose pixels it held. */
  const forgetWorker = (error: WorkerError): void => {
    if (error.code !== "ended") return;
    worker = null;
    opened = null;
    pictures.clear();
    set(withoutPixels({ ...state, model: { kind: "failed", error } }));
  };

  const choiceOf = async (settings: Settings): Promise<ModelChoice | WorkerError> => {
    const { model, network, description, autoencoder } = settings;
    if (model === "own" && network !== null)
      return {
        kind: "files",
        network,
        ...(description === null ? {} : { description }),
        ...(autoencoder === null ? {} : { autoencoder }),
      };
    const manifest = await fetchManifest();
    return "models" in manifest ? { kind: "shipped", name: model, manifest } : manifest;
  };

  const openModel = async (settings: Settings): Promise<UpscalerInWorker | WorkerError> => {
    if (opened?.settings === settings) return opened.upscaler;
    opened = null;
    set({ ...state, model: { kind: "opening", received: 0, of: 0 } });
    const choice = await choiceOf(settings);
    if ("_tag" in choice) return choice;
    const result = await workerInUse().open({
      model: choice,
      runtime: settings.runtime,
      onReceived: (received, of) => set({ ...state, model: { kind: "opening", received, of } }),
      onNote: notice,
    })();
    if (result._tag === "Left") return result.left;
    opened = { settings, upscaler: result.right };
    return result.right;
  };

  /** The model that the settings ask for. Of two calls at a time the second waits for the first. */
  const ensureModel = async (): Promise<UpscalerInWorker | WorkerError> => {
    await opening;
    const { settings } = state;
    opening = openModel(settings);
    const result = await opening;
    opening = null;
    if ("_tag" in result) {
      forgetWorker(result);
      set({ ...state, model: { kind: "failed", error: result } });
    } else set({ ...state, model: { kind: "ready", ready: result } });
    return result;
  };

  /** Turns the oldest results into files while they take too much memory. */
  const makeRoom = async (): Promise<void> => {
    while (bytesHeld(state) > ROOM) {
      const held = state.items.filter(
        ({ progress }) => progress.kind === "done" && progress.room === "pixels",
      );
      const [oldest] = held;
      if (oldest === undefined || held.length < 2 || oldest.progress.kind !== "done") return;
      const picture = pictures.get(oldest.id);
      const file = await picture?.save("png")();
      if (picture === undefined || file === undefined || file._tag === "Left") return;
      files.set(oldest.id, file.right);
      picture.forget();
      pictures.delete(oldest.id);
      setItem(oldest.id, { progress: { ...oldest.progress, room: "file" } });
    }
  };

  const upscale = async ({ id, file }: Item): Promise<void> => {
    setItem(id, { progress: { kind: "working", done: 0, total: 0 } });
    const stop = new AbortController();
    stops.set(id, stop);
    const upscaler = await ensureModel();
    if ("_tag" in upscaler) {
      stops.delete(id);
      setItem(id, { progress: { kind: "failed", error: upscaler } });
      return;
    }
    const result = await upscaler.upscale(file, {
      name: file.name,
      signal: stop.signal,
      onStart: (started, picture) => {
        const { before, after, reduction } = started;
        previews.set(id, previewOf(started));
        pictures.set(id, picture);
        setItem(id, { sizes: { before, after, reduction } });
        tellPixels(id, null);
      },
      onTile: (tile) => {
        const preview = previews.get(id);
        if (preview === undefined) return;
        drawTile(preview, tile);
        setItem(id, { progress: { kind: "working", done: tile.done, total: tile.total } });
        tellPixels(id, tile.place);
      },
      onSmallerTile: (tile) =>
        notice(`Memory was short, so ${file.name} begins again with tiles of ${tile} pixels.`),
    })();
    stops.delete(id);
    if (result._tag === "Left") forgetWorker(result.left);
    if (itemOf(state, id) === null) return;
    if (result._tag === "Right") {
      setItem(id, { progress: { kind: "done", made: result.right, room: "pixels" } });
      notice(`${file.name} is done.`);
      await makeRoom();
      return;
    }
    const error = result.left;
    pictures.delete(id);
    setItem(id, { progress: error.code === "aborted" ? { kind: "stopped" } : { kind: "failed", error } });
    notice(error.code === "aborted" ? `${file.name} was stopped.` : error.message);
  };

  let isPumping = false;
  /** Works until nothing waits. */
  const pump = async (): Promise<void> => {
    if (isPumping) return;
    isPumping = true;
    for (
      let item = nextWaiting(state);
      item !== null && isComplete(state.settings);
      item = nextWaiting(state)
    )
      await upscale(item);
    isPumping = false;
  };

  const drop = (id: number): void => {
    stops.get(id)?.abort();
    pictures.get(id)?.forget();
    for (const map of [pictures, previews, files]) map.delete(id);
  };

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onPixels: (listener) => {
      pixelListeners.add(listener);
      return () => pixelListeners.delete(listener);
    },
    previewFor: (id) => previews.get(id) ?? null,
    pictureFor: (id) => pictures.get(id) ?? null,
    add: (added) => {
      const items = added.map(
        (file): Item => ({ id: count++, file, sizes: null, progress: { kind: "waiting" } }),
      );
      const [first] = items;
      if (first === undefined) return;
      set({
        ...state,
        items: [...state.items, ...items],
        selected: isWorking(state) ? state.selected : first.id,
      });
      void pump();
    },
    select: (id) => set({ ...state, selected: id }),
    stop: (id) => {
      stops.get(id)?.abort();
      if (itemOf(state, id)?.progress.kind === "waiting") setItem(id, { progress: { kind: "stopped" } });
    },
    again: (id) => {
      drop(id);
      setItem(id, { progress: { kind: "waiting" }, sizes: null });
      void pump();
    },
    remove: (id) => {
      drop(id);
      set(withoutItem(state, id));
    },
    choose: (settings) => {
      set({ ...state, settings: { ...state.settings, ...settings } });
      if (!isComplete(state.settings)) return;
      if (isWorking(state)) notice("The next picture is made with the new settings.");
      else void ensureModel().then(pump);
    },
    prepare: () => void ensureModel(),
    save: async (id, format) => {
      const item = itemOf(state, id);
      if (item === null) return;
      set({ ...state, saving: format, notice: `Writing ${nameOfResult(item.file.name, format)}.` });
      const file = format === "png" ? files.get(id) : undefined;
      const made =
        file === undefined
          ? await pictures.get(id)?.save(format)()
          : ({ _tag: "Right", right: file } as const);
      set({ ...state, saving: null });
      if (made === undefined) return;
      if (made._tag === "Left") {
        forgetWorker(made.left);
        notice(made.left.message);
        return;
      }
      const name = nameOfResult(item.file.name, format);
      download(made.right, name);
      notice(`${name} is saved.`);
    },
    emptyCache: async () => {
      const emptied = await workerInUse().emptyCache();
      notice(emptied._tag === "Left" ? emptied.left.message : "The kept weights were removed.");
    },
  };
};
