/** The one decoder of pictures. */
import { COLOURS, type Picture, type Size } from "@tadsr/model";

/** Colour channels and alpha of interleaved pixels; four channels are compacted where they lie. */
const separate = (data: Uint8Array, pixels: number, channels: number): Pick<Picture, "data" | "alpha"> => {
  if (channels === 3) return { data };
  const hasAlpha = channels === 2 || channels === 4;
  const alpha = new Uint8Array(hasAlpha ? pixels : 0);
  const rgb = channels === 4 ? data.subarray(0, 3 * pixels) : new Uint8Array(3 * pixels);
  const isGrey = channels < 3;
  for (let i = 0; i < pixels; i++) {
    const from = i * channels;
    if (hasAlpha) alpha[i] = data[from + channels - 1] as number;
    // In place this reads at or after the position it writes: 4 i >= 3 i.
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[from + (isGrey ? 0 : c)] as number;
  }
  return hasAlpha ? { data: rgb, alpha } : { data: rgb };
};

export interface PixelOptions {
  /** Transparent pixels are laid on white, and the picture has no alpha. */
  readonly onWhite?: boolean;
  /** The size to which the upright picture is resized, with a Lanczos filter. */
  readonly size?: Size;
}

/**
 * The pixels of a file, given by its path or its bytes, of any format that sharp reads. EXIF orientation is applied. An
 * embedded profile, CMYK, greyscale and 16 bits are converted to 8-bit sRGB. Of an animation the first picture is taken.
 * Rejects with libvips' reason if the file is damaged or cut off.
 */
export const pixelsOf = async (
  file: string | Uint8Array,
  { onWhite = false, size }: PixelOptions = {},
): Promise<Picture> => {
  const { default: sharp } = await import("sharp");
  const upright = sharp(file, { failOn: "error" }).autoOrient().toColourspace("srgb");
  const opaque = onWhite ? upright.flatten({ background: "white" }) : upright;
  const resized =
    size === undefined
      ? opaque
      : opaque.resize({
          ...{ width: size.width, height: size.height, fit: "fill", kernel: "lanczos3" },
          // The JPEG decoder's own shrinking is faster, but coarser.
          fastShrinkOnLoad: false,
        });
  const { data, info } = await resized.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, channels: COLOURS, ...separate(data, width * height, channels) };
};
