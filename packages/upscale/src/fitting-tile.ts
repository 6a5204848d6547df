/** The tile that is taken where none is asked for: the largest whose work fits into a share of the memory. */
import {
  type Model,
  type PaperModel,
  type PictureNetwork,
  parameterCount,
  pictureField,
  TILES,
} from "@tadsr/model";
import { bytesOfTile, type MeasuredEngine, withinReach } from "./engine-memory.ts";
import { paperFootprint } from "./paper-tile-cost.ts";
import { pictureFootprint } from "./picture-tile-cost.ts";
import { smallFootprint } from "./small-tile-cost.ts";
import type { Footprint } from "./tile-cost.ts";

/** Where the network runs, and the bytes that the process may use. */
export interface Room {
  readonly engine: MeasuredEngine;
  readonly bytes: number;
}

interface Request {
  /** From the largest down; the last is taken where none fits. */
  readonly tiles: readonly number[];
  readonly footprint: (tile: number) => Footprint;
  readonly parameters: number;
  /** Of the memory, what tiles and weights may take; the rest is for pictures and for others. */
  readonly share: number;
}

const largestFitting = (
  { engine, bytes }: Room,
  { tiles, footprint, parameters, share }: Request,
): number | undefined => {
  const left = share * withinReach(engine, bytes) - Float32Array.BYTES_PER_ELEMENT * parameters;
  return tiles.find((tile) => bytesOfTile(engine, footprint(tile)) <= left) ?? tiles.at(-1);
};

/**
 * Past the first, tiles are cheaper the larger they are, since less is read twice: for each pixel that is kept, 384
 * takes 0.83 of the operations of 256, and 512 takes 0.75; 1024 would take 0.63, and ten times the memory.
 */
export const SMALL_TILES = [512, 384, 256, 128, 64] as const;

/** The largest for a slow engine: with a larger one an interrupt would wait for minutes. */
const SLOW_TILE = 256;

/** The result is the same whatever the tile, so that it need not take much. */
const SMALL_SHARE = 1 / 8;

const smallTilesOn = ({ engine }: Room): readonly number[] =>
  SMALL_TILES.filter((tile) => tile <= SLOW_TILE || engine.isSlow !== true);

export const fittingSmallTile = (model: Pick<Model, "network">, steps: number, room: Room): number =>
  largestFitting(room, {
    tiles: smallTilesOn(room),
    footprint: (tile) => smallFootprint(model, tile, steps),
    parameters: parameterCount(model.network.parameters),
    share: SMALL_SHARE,
  }) ?? SLOW_TILE;

/** A margin from which on small tiles would be little else. */
const WIDE_MARGIN = 64;
const WIDE_SHARE = 1 / 2;

/** The same for a network alone, whose result depends as little on the tile; a wide margin is worth more memory. */
export const fittingPictureTile = (network: PictureNetwork, room: Room): number =>
  largestFitting(room, {
    tiles: smallTilesOn(room),
    footprint: (tile) => pictureFootprint(network, tile),
    parameters: parameterCount(network.parameters),
    share: pictureField(network).margin > WIDE_MARGIN ? WIDE_SHARE : SMALL_SHARE,
  }) ?? SLOW_TILE;

/** The result depends on the tile, and the authors' is the largest: it is taken wherever it can be. */
const PAPER_SHARE = 0.7;

/** Where the alignment divides no tile of the list it is the tile itself. */
export const fittingPaperTile = (model: PaperModel, room: Room): number =>
  largestFitting(room, {
    tiles: TILES.filter((tile) => tile % model.alignment === 0),
    footprint: (tile) => paperFootprint(model, tile),
    parameters: parameterCount(model.network.parameters) + parameterCount(model.autoencoder.parameters),
    share: PAPER_SHARE,
  }) ?? model.alignment;
