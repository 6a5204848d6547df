/** The messages between a page and the worker. Both sides are typed by the same tables. */
import type { PictureFormat } from "@tadsr/metadata";
import type { Rectangle, Size } from "@tadsr/model";
import type { Either } from "fp-ts/lib/Either.js";
import type { WeightsManifest } from "./weights-manifest.ts";
import type { WorkerError } from "./worker-error.ts";

/** Where a model comes from. */
export type ModelChoice =
  /** One of a manifest's models, downloaded when it is first used. */
  | { readonly kind: "shipped"; readonly name: string; readonly manifest: WeightsManifest }
  /**
   * Files of weights, .pth or .safetensors. Most tell by themselves what they are. This project's small models need their
   * model.json too, and a network on latents the file of its autoencoder.
   */
  | {
      readonly kind: "files";
      readonly network: File;
      readonly description?: File;
      readonly autoencoder?: File;
    };

/** What the page may say about a model. */
export interface ModelRequest {
  readonly model: ModelChoice;
  /** A runtime's name; `auto` takes the first that opens. An explicit one is never replaced by another. */
  readonly runtime: string;
  /** Of the noise: a whole number from 0 to 2^53 - 1. */
  readonly seed?: number;
  /** Side of a tile in the picture's pixels. By default what fits into memory, at most 256. */
  readonly tile?: number;
}

/** A model that is ready, and what runs it. */
export interface ModelReady {
  readonly name: string;
  readonly factor: number;
  readonly parameters: number;
  readonly runtime: string;
  readonly tile: number;
}

/** Pixels as a canvas takes them: red, green, blue, alpha, row-major: [height, width, 4]. */
export interface View extends Size {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Which of the two pictures. */
export type Side = "before" | "after";

export interface ViewRequest {
  readonly picture: number;
  readonly side: Side;
  /** In pixels of that side's picture. */
  readonly rectangle: Rectangle;
  /** At most as large as the rectangle. */
  readonly size: Size;
}

export interface SaveRequest {
  readonly picture: number;
  readonly format: PictureFormat;
  /** Of JPEG and WebP, from 0 to 1. */
  readonly quality: number;
}

/** A picture that was upscaled. */
export interface Upscaled extends Size {
  /** How it was made. */
  readonly runtime: string;
  readonly model: string;
  readonly tile: number;
  /** In milliseconds, of all tiles. */
  readonly time: number;
}

/** What the page asks for, and the answer to it. */
export interface Calls {
  readonly open: { readonly ask: ModelRequest; readonly answer: ModelReady };
  readonly upscale: {
    readonly ask: { readonly picture: number; readonly file: Blob; readonly name: string };
    readonly answer: Upscaled;
  };
  readonly view: { readonly ask: ViewRequest; readonly answer: View };
  readonly save: { readonly ask: SaveRequest; readonly answer: Blob };
  /** Removes every weight that was kept. */
  readonly "empty-cache": { readonly ask: Readonly<Record<string, never>>; readonly answer: null };
}

export type CallName = keyof Calls;

export type ToWorker =
  | { [K in CallName]: { readonly type: K; readonly id: number; readonly ask: Calls[K]["ask"] } }[CallName]
  | { readonly type: "abort"; readonly picture: number }
  /** The page will not ask for this picture any more. */
  | { readonly type: "forget"; readonly picture: number };

/** A picture was decoded and its first tile begins. */
export interface Started {
  readonly type: "started";
  readonly picture: number;
  readonly before: Size;
  readonly after: Size;
  /** Both previews have so many pixels of the result in each of theirs, per side. */
  readonly reduction: number;
  /** The picture before, as large as the preview of the result. */
  readonly preview: View;
}

/** A tile is done. */
export interface TileDone {
  readonly type: "tile";
  readonly picture: number;
  readonly done: number;
  readonly total: number;
  /** In pixels of the result. */
  readonly place: Rectangle;
  /** Where the reduced pixels lie in the preview. */
  readonly at: { readonly x: number; readonly y: number };
  readonly reduced: View;
}

export type FromWorker =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly answer: Either<WorkerError, Calls[CallName]["answer"]>;
    }
  | { readonly type: "received"; readonly bytes: number; readonly of: number }
  /** Memory was refused, and the picture begins again with smaller tiles. */
  | { readonly type: "smaller-tile"; readonly picture: number; readonly tile: number }
  /** A runtime has something to say, such as that it has only one thread. */
  | { readonly type: "note"; readonly text: string }
  | Started
  | TileDone;
