/** Files that sharp writes with a profile, EXIF and XMP, and files that this package writes, read by sharp. */
import * as fc from "fast-check";
import sharp, { type Metadata } from "sharp";
import { describe, expect, it } from "vitest";
import {
  type Carried,
  orientationOf,
  readCarried,
  sniffFormat,
  uprightExif,
  writeCarried,
} from "../src/index.ts";

const xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>";
const plain = () =>
  sharp({ create: { width: 5, height: 3, channels: 3, background: { r: 200, g: 100, b: 50 } } });
const formats = ["png", "jpeg", "webp"] as const;

/** Display P3 (from libvips), EXIF with an orientation, an artist and a size, and XMP. */
const rich = (format: (typeof formats)[number]): Promise<Buffer> =>
  plain()
    .withIccProfile("p3")
    .withExifMerge({ IFD0: { Artist: "somebody" }, IFD2: { PixelXDimension: "5", PixelYDimension: "3" } })
    .withMetadata({ orientation: 6 })
    .withIccProfile("p3")
    .withXmp(xmp)
    .toFormat(format)
    .toBuffer();

/** The TIFF structure: sharp gives EXIF with JPEG's prefix. */
const exifOf = ({ exif }: Metadata): Uint8Array =>
  new Uint8Array(exif?.subarray(exif.subarray(0, 4).toString() === "Exif" ? 6 : 0) ?? []);

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("utf8");

describe.each(formats)("what a %s carries", (format) => {
  it("is read as sharp reads it", async () => {
    const bytes = await rich(format);
    const metadata = await sharp(bytes).metadata();
    const carried = await readCarried(bytes);
    expect(new Uint8Array(carried.icc ?? [])).toEqual(new Uint8Array(metadata.icc ?? []));
    expect(carried.icc?.length).toBeGreaterThan(100);
    expect(new Uint8Array(carried.exif ?? [])).toEqual(exifOf(metadata));
    expect(text(carried.exif)).toContain("somebody");
    expect(text(carried.xmp)).toBe(text(metadata.xmp));
  });

  it.each(formats)(
    "is the same in a %s, where sharp and this package find it, and the pixels stay",
    async (other) => {
      const carried = await readCarried(await rich(format));
      const file = await plain().toFormat(other).toBuffer();
      const { bytes, left } = await writeCarried(file, carried);
      expect(left).toEqual([]);
      expect(sniffFormat(bytes)).toBe(other);
      expect(await readCarried(bytes)).toEqual(carried);
      const metadata = await sharp(bytes).metadata();
      expect(new Uint8Array(metadata.icc ?? [])).toEqual(carried.icc);
      expect(exifOf(metadata)).toEqual(carried.exif);
      expect(text(metadata.xmp)).toBe(text(carried.xmp));
      const stripped = (await writeCarried(bytes, {})).bytes;
      expect(await readCarried(stripped)).toEqual({});
      const pixels = (of: Uint8Array) => sharp(of).raw().toBuffer();
      expect(await pixels(stripped)).toEqual(await pixels(file));
      expect(await writeCarried(bytes, carried)).toEqual({ bytes, left: [] });
    },
  );

  it("is put beside alpha, which stays", async () => {
    if (format === "jpeg") return;
    const alpha = {
      create: { width: 2, height: 2, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
    } as const;
    const { bytes } = await writeCarried(await sharp(alpha).toFormat(format).toBuffer(), {
      icc: new Uint8Array(99),
    });
    expect(await sharp(bytes).metadata()).toMatchObject({ channels: 4, hasAlpha: true });
  });

  it("is nothing, or what is whole, if the file is cut off or changed anywhere", async () => {
    const bytes = await rich(format);
    const places = fc.record({ end: fc.nat(bytes.length), at: fc.nat(bytes.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(places, async ({ end, at, byte }) => {
        const changed = new Uint8Array(bytes);
        changed[at] = byte;
        const carried = await readCarried(changed.subarray(0, end));
        expect(Object.keys(carried).every((name) => ["exif", "icc", "xmp"].includes(name))).toBe(true);
        await writeCarried(changed.subarray(0, end), carried);
      }),
    );
  });
});

it("divides a large profile among a JPEG's segments, and names what JPEG has no room for", async () => {
  const large = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251);
  const file = await plain().jpeg().toBuffer();
  const carried: Carried = { icc: large, exif: large, xmp: large };
  const { bytes, left } = await writeCarried(file, carried);
  expect(left).toEqual(["exif", "xmp"]);
  expect(await readCarried(bytes)).toEqual({ icc: large });
  const png = await writeCarried(await plain().png().toBuffer(), carried);
  expect(png.left).toEqual([]);
  expect(await readCarried(png.bytes)).toEqual(carried);
});

describe("EXIF of an upright picture of another size", () => {
  it("has orientation 1 and the new size, and keeps the rest", async () => {
    const { exif = new Uint8Array() } = await readCarried(await rich("jpeg"));
    const upright = uprightExif(exif, { width: 70_000, height: 12 });
    expect(upright).toHaveLength(exif.length);
    const { bytes } = await writeCarried(await plain().jpeg().toBuffer(), { exif: upright ?? exif });
    expect((await sharp(bytes).metadata()).orientation).toBe(1);
    expect(text(upright ?? undefined)).toContain("somebody");
    const differing = [...(upright ?? [])].filter((byte, i) => byte !== exif[i]);
    expect(differing.length).toBeLessThan(10);
  });

  /** "II*\0", one directory with a width, then a second one with a thumbnail at the end. */
  const withThumbnail = (): Uint8Array => {
    const bytes = new Uint8Array(8 + 18 + 30 + 4);
    const view = new DataView(bytes.buffer);
    bytes.set([0x49, 0x49, 42, 0]);
    view.setUint32(4, 8, true);
    const entry = (at: number, tag: number, type: number, value: number): void => {
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, type, true);
      view.setUint32(at + 4, 1, true);
      view.setUint32(at + 8, value, true);
    };
    view.setUint16(8, 1, true);
    entry(10, 0x100, 3, 40);
    view.setUint32(22, 26, true);
    view.setUint16(26, 2, true);
    entry(28, 0x201, 4, 56);
    entry(40, 0x202, 4, 4);
    bytes.fill(9, 56);
    return bytes;
  };

  it("comes from EXIF that tells how the pixels lie", async () => {
    for (const orientation of [1, 3, 6, 8]) {
      const { exif = new Uint8Array() } = await readCarried(
        await plain().withMetadata({ orientation }).jpeg().toBuffer(),
      );
      expect(orientationOf(exif)).toBe(orientation);
      expect(orientationOf(uprightExif(exif, { width: 1, height: 1 }) ?? exif)).toBe(1);
    }
    expect(orientationOf(Uint8Array.of(1, 2, 3))).toBe(1);
  });

  it("has no thumbnail, and a size that 16 bits cannot hold", () => {
    const upright = uprightExif(withThumbnail(), { width: 70_000, height: 1 }) ?? new Uint8Array();
    expect(upright).toHaveLength(56);
    expect([...upright.subarray(10, 26)]).toEqual([0, 1, 4, 0, 1, 0, 0, 0, 0x70, 0x11, 1, 0, 0, 0, 0, 0]);
  });

  it("is null if it is damaged", () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(255), fc.nat(60), (at, byte, end) => {
        const bytes = withThumbnail();
        bytes[at] = byte;
        const upright = uprightExif(bytes.subarray(0, end), { width: 1, height: 1 });
        expect(upright === null || upright.length <= end).toBe(true);
      }),
    );
    expect(uprightExif(withThumbnail().subarray(0, 20), { width: 1, height: 1 })).toBeNull();
    expect(uprightExif(Uint8Array.of(1, 2, 3), { width: 1, height: 1 })).toBeNull();
  });
});
