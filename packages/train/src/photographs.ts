/** Photographs of a folder, read when they are needed. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { photographSize, readPhotograph, type UnreadablePhotograph } from "@tadsr/files";
import type { Picture, Size } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { byteCache } from "./byte-cache.ts";
import { type DataError, noneUsable, pictureFiles, type SkippedPicture } from "./picture-files.ts";

export { type DataError, pictureNames, type SkippedPicture } from "./picture-files.ts";

/** A decoded picture with the name of its file. */
export interface Photograph extends Picture {
  readonly name: string;
}

/** The photographs of a folder. Each has a place, in the order of their names. */
export interface Photographs {
  readonly folder: string;
  /** The paths of all picture files, from the folder on, usable or not. */
  readonly names: readonly string[];
  /** Decodes one, unless it is still in the cache; null if it cannot be used. */
  read(place: number): Promise<Photograph | null>;
  /** The number of photographs, without those found to be unusable. */
  usable(): number;
  /** The photographs found to be unusable. */
  skipped(): readonly SkippedPicture[];
}

export interface PhotographOptions {
  /**
   * Both sides are multiplied by this, 0..1, with a Lanczos filter. Shrunk photographs have finer detail in each pixel,
   * and their JPEG blocks vanish, so that a network does not learn those.
   */
  readonly shrink: number;
  /** Photographs whose shorter side is smaller than this after shrinking are left out; in pixels. */
  readonly minimumSide: number;
  /** Decoded photographs are kept up to this many bytes, at 3 bytes for each pixel. */
  readonly cacheBytes?: number;
  /** Called once for each file that cannot be used, when that is found. */
  readonly onSkipped?: (skipped: SkippedPicture) => void;
}

/** 1 GiB, or about 350 million pixels. */
export const DEFAULT_CACHE_BYTES = 2 ** 30;

const shrunkSize = ({ width, height }: Size, shrink: number): Size => ({
  width: Math.max(1, Math.round(shrink * width)),
  height: Math.max(1, Math.round(shrink * height)),
});

/** For `attempt`, which looks at the reason. */
const orReject = async <A>(work: TaskEither<UnreadablePhotograph, A>): Promise<A> => {
  const done = await work();
  if (E.isLeft(done)) throw new Error(done.left.reason);
  return done.right;
};

/** Why a picture of this size cannot be used; null if it can. */
const tooSmall = (size: Size, { shrink, minimumSide }: PhotographOptions): string | null => {
  const { width, height } = shrunkSize(size, shrink);
  return Math.min(width, height) < minimumSide
    ? `${width} x ${height} pixels (after shrinking), the shorter side must be at least ${minimumSide}`
    : null;
};

/** Runs at most `together` works at a time. The others wait for their turn. */
const inTurns = (together: number) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <A>(work: () => Promise<A>): Promise<A> => {
    if (running >= together) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
};

/** How many files are decoded at once. */
const TOGETHER = 4;

/** What sharp says if libvips has lost the reason. */
const LOST = /^unknown error$/i;

/** How often a failing work is tried, and the pause between tries in milliseconds. */
const [TRIES, PAUSE] = [6, 20];

/**
 * Libvips keeps one error text for all threads, so works that run at the same time may lose their reason. Such a work
 * is tried again after others have ended.
 */
export const attempt = async <A>(work: () => Promise<A>): Promise<E.Either<string, A>> => {
  for (let tries = 1; ; tries++) {
    try {
      return E.right(await work());
    } catch (thrown) {
      const reason = fileReason(thrown);
      if (tries > 1 && !LOST.test(reason)) return E.left(reason);
      if (tries === TRIES) return E.left("it cannot be decoded; it is damaged, or no picture");
      if (tries > 1) await setTimeout(PAUSE);
    }
  }
};

/**
 * Lists the photographs below a folder. A file is decoded when it is asked for. If it cannot be read or is too small,
 * `onSkipped` is called then. Errors: the folder cannot be listed, or no header in it promises a picture that is large
 * enough. Headers are read only up to the first that does.
 */
export const openPhotographs =
  (folder: string, options: PhotographOptions): TaskEither<DataError, Photographs> =>
  async () => {
    const files = await pictureFiles(folder)();
    if (E.isLeft(files)) return files;
    const { names } = files.right;
    const skipped: SkippedPicture[] = [];
    const unusable = new Set<number>();
    const tell = (one: SkippedPicture): void => {
      skipped.push(one);
      options.onSkipped?.(one);
    };
    const leaveOut = (place: number, reason: string): null => {
      if (!unusable.has(place)) tell({ name: names[place] ?? "", reason });
      unusable.add(place);
      return null;
    };
    const fileAt = (place: number): string => join(folder, names[place] ?? "");

    /** The size of a picture that is usable as far as its header tells, or null. */
    const promisedSize = async (place: number): Promise<Size | null> => {
      const size = await attempt(() => orReject(photographSize(fileAt(place))));
      if (E.isLeft(size)) return leaveOut(place, size.left);
      const reason = tooSmall(size.right, options);
      return reason === null ? size.right : leaveOut(place, reason);
    };

    const cache = byteCache<Photograph>(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    const turn = inTurns(TOGETHER);
    const decode = async (place: number): Promise<Photograph | null> => {
      const size = await promisedSize(place);
      if (size === null) return null;
      const { shrink } = options;
      const shrunk = shrink === 1 ? undefined : shrunkSize(size, shrink);
      const decoded = await attempt(() => orReject(readPhotograph(fileAt(place), shrunk)));
      if (E.isLeft(decoded)) return leaveOut(place, decoded.left);
      const photograph = { name: names[place] ?? "", ...decoded.right };
      cache.put(place, photograph, photograph.data.byteLength);
      return photograph;
    };
    const underway = new Map<number, Promise<Photograph | null>>();
    const read = async (place: number): Promise<Photograph | null> => {
      if (unusable.has(place)) return null;
      const kept = cache.get(place);
      if (kept !== undefined) return kept;
      const begun = underway.get(place) ?? turn(() => decode(place));
      underway.set(place, begun);
      try {
        return await begun;
      } finally {
        underway.delete(place);
      }
    };

    files.right.skipped.forEach(tell);
    const usable = (): number => names.length - unusable.size;
    for (const place of names.keys()) {
      if ((await promisedSize(place)) !== null)
        return E.right({ folder, names, read, usable, skipped: () => [...skipped] });
    }
    return E.left(noneUsable(folder, names.length, skipped[0]));
  };

/**
 * The photograph at the first usable place of `places`; null if no photograph at all is usable. `places` is read only
 * that far.
 */
export const firstUsable = async (
  photographs: Photographs,
  places: Iterable<number>,
): Promise<Photograph | null> => {
  const failed = new Set<number>();
  for (const place of places) {
    if (failed.has(place)) continue;
    const photograph = await photographs.read(place);
    if (photograph !== null) return photograph;
    failed.add(place);
    if (failed.size === photographs.names.length) return null;
  }
  return null;
};
