/**
 * Chunks of PNG files (PNG, third edition, 5.3): a profile in iCCP (11.3.2.3), EXIF in eXIf (11.3.3.5), XMP in iTXt with
 * the keyword of XMP part 3, 1.1.5.
 */
import { crc32 } from "@tadsr/model";
import { copied, joined, latin1, type Part, startsWith, viewOf } from "./bytes.ts";
import type { Carried, Written } from "./carried.ts";
import { deflate, inflate } from "./zlib.ts";

const SIGNATURE = 8;
/** The keyword, no compression, no language, no translated keyword. */
const XMP = latin1("XML:com.adobe.xmp\0\0\0\0\0");
const XMP_KEYWORD = XMP.subarray(0, 18);
const PROFILE_NAME = latin1("ICC profile\0\0");
/** What says something else about colours than a profile does. */
const OF_COLOUR = new Set(["sRGB", "gAMA", "cHRM", "cICP"]);

const chunksOf = (bytes: Uint8Array): readonly Part[] => {
  const view = viewOf(bytes);
  const chunks: Part[] = [];
  let at = SIGNATURE;
  while (at + 12 <= bytes.length) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ name, start: at, content: bytes.subarray(at + 8, end - 4), end });
    at = end;
  }
  return chunks;
};

const isXmp = ({ name, content }: Part): boolean =>
  (name === "iTXt" || name === "zTXt") && startsWith(content, XMP_KEYWORD);

/** A name of at most 79 bytes, 0, the kind of compression (0), and the packed profile. */
const profileOf = async ({ content }: Part): Promise<Uint8Array | null> => {
  const end = content.indexOf(0);
  return end < 0 || content[end + 1] !== 0 ? null : inflate(content.subarray(end + 2));
};

/** Packed or plain, as `iTXt` has it after the keyword: both flags, the language, the translated keyword, the text. */
const internationalText = (content: Uint8Array): Promise<Uint8Array | null> | Uint8Array | null => {
  const language = content.indexOf(0, XMP_KEYWORD.length + 2);
  const translated = language < 0 ? -1 : content.indexOf(0, language + 1);
  if (translated < 0) return null;
  const text = content.subarray(translated + 1);
  return content[XMP_KEYWORD.length] === 1 ? inflate(text) : new Uint8Array(text);
};

/** libpng's programs write a packet without letters beyond Latin-1 as `zTXt`. */
const xmpOf = async ({ name, content }: Part): Promise<Uint8Array | null> =>
  name === "iTXt" ? internationalText(content) : inflate(content.subarray(XMP_KEYWORD.length + 1));

export const readPng = async (bytes: Uint8Array): Promise<Carried> => {
  const chunks = chunksOf(bytes);
  const profile = chunks.find(({ name }) => name === "iCCP");
  const packet = chunks.find(isXmp);
  const exif = copied(chunks.find(({ name }) => name === "eXIf")?.content);
  const icc = profile === undefined ? null : await profileOf(profile);
  const xmp = packet === undefined ? null : await xmpOf(packet);
  return {
    ...(exif === undefined ? {} : { exif }),
    ...(icc === null ? {} : { icc }),
    ...(xmp === null ? {} : { xmp }),
  };
};

const chunk = (name: string, ...content: readonly Uint8Array[]): Uint8Array => {
  const body = joined([latin1(name), ...content]);
  const result = joined([new Uint8Array(4), body, new Uint8Array(4)]);
  const view = viewOf(result);
  view.setUint32(0, body.length - 4);
  view.setUint32(result.length - 4, crc32(body));
  return result;
};

/** What the file carried before is replaced. PNG has room for everything. */
export const writePng = async (bytes: Uint8Array, { exif, icc, xmp }: Carried): Promise<Written> => {
  const [header, ...others] = chunksOf(bytes);
  if (header === undefined) return { bytes, left: [] };
  const isReplaced = (one: Part): boolean =>
    one.name === "iCCP" ||
    one.name === "eXIf" ||
    isXmp(one) ||
    (icc !== undefined && OF_COLOUR.has(one.name));
  const parts = [
    bytes.subarray(0, header.end),
    ...(icc === undefined ? [] : [chunk("iCCP", PROFILE_NAME, await deflate(icc))]),
    ...(exif === undefined ? [] : [chunk("eXIf", exif)]),
    ...(xmp === undefined ? [] : [chunk("iTXt", XMP, xmp)]),
    ...others.filter((one) => !isReplaced(one)).map(({ start, end }) => bytes.subarray(start, end)),
  ];
  return { bytes: joined(parts), left: [] };
};
