/**
 * Segments of JPEG files (ITU T.81, B.1.1): EXIF in APP1 (EXIF 2.32, 4.7.2), XMP in APP1 (XMP part 3, 1.1.3), a profile
 * in one or more APP2 (ICC.1:2010, B.4).
 */
import { copied, joined, latin1, type Part, startsWith, viewOf } from "./bytes.ts";
import type { Carried, CarriedName, Written } from "./carried.ts";

const EXIF = latin1("Exif\0\0");
const XMP = latin1("http://ns.adobe.com/xap/1.0/\0");
const ICC = latin1("ICC_PROFILE\0");

const [APP0, APP1, APP2, SOS] = [0xe0, 0xe1, 0xe2, 0xda];
/** A segment's length has 16 bits and counts itself. */
const MOST = 0xffff - 2;
/** A part of a profile has its number and how many there are, each in one byte. */
const MOST_OF_PROFILE = MOST - ICC.length - 2;

interface Segment extends Part {
  readonly marker: number;
}

/** The segments before the picture's data. */
const segmentsOf = (bytes: Uint8Array): readonly Segment[] => {
  const view = viewOf(bytes);
  const segments: Segment[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] as number;
    // A byte of filling may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SOS) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end < at + 4 || end > bytes.length) break;
    segments.push({ name: "", marker, start: at, content: bytes.subarray(at + 4, end), end });
    at = end;
  }
  return segments;
};

const isOf =
  (marker: number, start: Uint8Array) =>
  (segment: Segment): boolean =>
    segment.marker === marker && startsWith(segment.content, start);

const isExif = isOf(APP1, EXIF);
const isXmp = isOf(APP1, XMP);
const isProfile = isOf(APP2, ICC);

/** The profile from its parts, which may be in any order; undefined if one is missing. */
const profileOf = (segments: readonly Segment[]): Uint8Array | undefined => {
  const parts = segments
    .filter(isProfile)
    .map(({ content }) => ({
      number: content[ICC.length] ?? 0,
      count: content[ICC.length + 1] ?? 0,
      data: content.subarray(ICC.length + 2),
    }))
    .sort((a, b) => a.number - b.number);
  const isWhole = parts.every(({ number, count }, i) => number === i + 1 && count === parts.length);
  return parts.length > 0 && isWhole ? joined(parts.map(({ data }) => data)) : undefined;
};

export const readJpeg = (bytes: Uint8Array): Carried => {
  const segments = segmentsOf(bytes);
  const exif = copied(segments.find(isExif)?.content.subarray(EXIF.length));
  const xmp = copied(segments.find(isXmp)?.content.subarray(XMP.length));
  const icc = profileOf(segments);
  return {
    ...(exif === undefined ? {} : { exif }),
    ...(icc === undefined ? {} : { icc }),
    ...(xmp === undefined ? {} : { xmp }),
  };
};

const segment = (marker: number, ...content: readonly Uint8Array[]): Uint8Array => {
  const length = content.reduce((sum, part) => sum + part.length, 2);
  return joined([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), ...content]);
};

const profileSegments = (icc: Uint8Array): readonly Uint8Array[] => {
  const count = Math.ceil(icc.length / MOST_OF_PROFILE);
  return Array.from({ length: count }, (_, i) =>
    segment(
      APP2,
      ICC,
      Uint8Array.of(i + 1, count),
      icc.subarray(i * MOST_OF_PROFILE, (i + 1) * MOST_OF_PROFILE),
    ),
  );
};

/** EXIF and XMP have 64 KiB at most, a profile 16 MiB. */
const holds = (name: CarriedName, bytes: Uint8Array): boolean => {
  switch (name) {
    case "exif":
      return EXIF.length + bytes.length <= MOST;
    case "xmp":
      return XMP.length + bytes.length <= MOST;
    case "icc":
      return bytes.length <= 255 * MOST_OF_PROFILE;
  }
};

/** What the file carried before is replaced. */
export const writeJpeg = (bytes: Uint8Array, carried: Carried): Written => {
  const given = Object.entries(carried) as [CarriedName, Uint8Array][];
  const left = given.filter(([name, content]) => !holds(name, content)).map(([name]) => name);
  const { exif, icc, xmp } = Object.fromEntries(given.filter(([name]) => !left.includes(name))) as Carried;
  const segments = segmentsOf(bytes);
  const kept = segments.filter((one) => !isExif(one) && !isXmp(one) && !isProfile(one));
  const original = ({ start, end }: Part): Uint8Array => bytes.subarray(start, end);
  const isFirst = ({ marker }: Segment): boolean => marker === APP0;
  const parts = [
    bytes.subarray(0, 2),
    ...kept.filter(isFirst).map(original),
    ...(exif === undefined ? [] : [segment(APP1, EXIF, exif)]),
    ...(xmp === undefined ? [] : [segment(APP1, XMP, xmp)]),
    ...(icc === undefined ? [] : profileSegments(icc)),
    ...kept.filter((one) => !isFirst(one)).map(original),
    bytes.subarray(segments.at(-1)?.end ?? 2),
  ];
  return { bytes: joined(parts), left };
};
