/** EXIF of a picture that was turned upright and has another size: EXIF 2.32 (4.6), a TIFF 6.0 structure. */
import { latin1, startsWith, viewOf } from "./bytes.ts";

/** The new size, in pixels. */
export interface Upright {
  readonly width: number;
  readonly height: number;
}

const TAG = {
  width: 0x0100,
  height: 0x0101,
  orientation: 0x0112,
  thumbnail: 0x0201,
  thumbnailLength: 0x0202,
  exif: 0x8769,
  exifWidth: 0xa002,
  exifHeight: 0xa003,
} as const;

const [SHORT, LONG] = [3, 4];
const ENTRY = 12;

/** A directory of entries: where each tag's entry begins, and where the place of the next directory is written. */
interface Directory {
  readonly entries: ReadonlyMap<number, number>;
  readonly nextAt: number;
}

interface Structure {
  readonly view: DataView;
  readonly isLittle: boolean;
}

/** The directory at a place; null if it reaches beyond the end. */
const directoryAt = ({ view, isLittle }: Structure, at: number): Directory | null => {
  if (at < 8 || at + 6 > view.byteLength) return null;
  const count = view.getUint16(at, isLittle);
  const nextAt = at + 2 + count * ENTRY;
  if (nextAt + 4 > view.byteLength) return null;
  const places = Array.from({ length: count }, (_, i) => at + 2 + i * ENTRY);
  return { entries: new Map(places.map((place) => [view.getUint16(place, isLittle), place])), nextAt };
};

/** A whole number that stands in the entry itself. */
const numberAt = ({ view, isLittle }: Structure, entry: number | undefined): number | null => {
  if (entry === undefined) return null;
  const type = view.getUint16(entry + 2, isLittle);
  if (type === SHORT) return view.getUint16(entry + 8, isLittle);
  return type === LONG ? view.getUint32(entry + 8, isLittle) : null;
};

/** Writes a number into an entry that is there. A SHORT that cannot hold it becomes a LONG. */
const setNumber = ({ view, isLittle }: Structure, entry: number | undefined, value: number): void => {
  if (entry === undefined) return;
  if (view.getUint16(entry + 2, isLittle) === SHORT && value <= 0xffff) {
    view.setUint16(entry + 8, value, isLittle);
    return;
  }
  view.setUint16(entry + 2, LONG, isLittle);
  view.setUint32(entry + 4, 1, isLittle);
  view.setUint32(entry + 8, value, isLittle);
};

/** Without the small picture that EXIF may hold: it would show the picture before. */
const withoutThumbnail = (exif: Uint8Array, structure: Structure, first: Directory): Uint8Array => {
  const { view, isLittle } = structure;
  const second = directoryAt(structure, view.getUint32(first.nextAt, isLittle));
  view.setUint32(first.nextAt, 0, isLittle);
  const at = numberAt(structure, second?.entries.get(TAG.thumbnail));
  const length = numberAt(structure, second?.entries.get(TAG.thumbnailLength));
  if (at === null || length === null || at < 8 || at + length > exif.length) return exif;
  exif.fill(0, at, at + length);
  // Mostly it is the last part, with at most a byte of filling after it.
  return at + length >= exif.length - 1 ? exif.subarray(0, at) : exif;
};

const structureOf = (bytes: Uint8Array): Structure | null => {
  const isLittle = startsWith(bytes, latin1("II*\0"));
  if (bytes.length < 8 || (!isLittle && !startsWith(bytes, latin1("MM\0*")))) return null;
  return { view: viewOf(bytes), isLittle };
};

const firstDirectory = (structure: Structure): Directory | null =>
  directoryAt(structure, structure.view.getUint32(4, structure.isLittle));

/** How the pixels lie, from 1 to 8 (TIFF 6.0, section 8): 1 is upright. Also if it is damaged or says nothing. */
export const orientationOf = (exif: Uint8Array): number => {
  const structure = structureOf(exif);
  const first = structure && firstDirectory(structure);
  const found = structure && numberAt(structure, first?.entries.get(TAG.orientation));
  return found !== null && found >= 1 && found <= 8 ? found : 1;
};

/**
 * EXIF for the upright picture of another size: orientation 1, the new size where a size stands, no thumbnail. Null if
 * it is damaged. Other entries stay as they are.
 */
export const uprightExif = (exif: Uint8Array, { width, height }: Upright): Uint8Array | null => {
  const result = new Uint8Array(exif);
  const structure = structureOf(result);
  const first = structure && firstDirectory(structure);
  if (structure === null || first === null) return null;
  setNumber(structure, first.entries.get(TAG.orientation), 1);
  setNumber(structure, first.entries.get(TAG.width), width);
  setNumber(structure, first.entries.get(TAG.height), height);
  const inner = directoryAt(structure, numberAt(structure, first.entries.get(TAG.exif)) ?? 0);
  setNumber(structure, inner?.entries.get(TAG.exifWidth), width);
  setNumber(structure, inner?.entries.get(TAG.exifHeight), height);
  return withoutThumbnail(result, structure, first);
};
