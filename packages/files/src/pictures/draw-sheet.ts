/** A sheet: pictures and lines of text on a plain background. */
import { svgDocument, textElement } from "@tadsr/core/svg";
import type { Picture } from "@tadsr/model";

/** Places are in pixels from the sheet's upper left corner. */
export interface PlacedPicture {
  readonly picture: Picture;
  readonly left: number;
  readonly top: number;
}

export interface Label {
  readonly text: string;
  /** Where the text begins, or its middle if it is centred. */
  readonly x: number;
  /** The line that its letters stand on. */
  readonly y: number;
  /** The height of the letters, in pixels. */
  readonly size: number;
  readonly isCentred?: boolean;
}

export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** A colour as in CSS. */
  readonly background: string;
  /** They lie within the sheet. */
  readonly pictures: readonly PlacedPicture[];
  readonly labels: readonly Label[];
}

const FONT = "DejaVu Sans, Arial, sans-serif";
const INK = "#222";

/** Draws with sharp, which has the text drawn in the first of the fonts that the system has. */
export const drawSheet = async (sheet: Sheet): Promise<Picture> => {
  const { default: sharp } = await import("sharp");
  const { width, height, background } = sheet;
  const labels = sheet.labels.map(({ text, x, y, size, isCentred = false }) =>
    textElement(
      {
        ...{ x, y, "font-family": FONT, "font-size": size, fill: INK },
        ...(isCentred ? { "text-anchor": "middle" } : {}),
      },
      text,
    ),
  );
  const pictures = sheet.pictures.map(({ picture, left, top }) => ({
    input: Buffer.from(picture.data),
    raw: { width: picture.width, height: picture.height, channels: 3 as const },
    ...{ left, top },
  }));
  const data = await sharp({ create: { width, height, channels: 3, background } })
    .composite([...pictures, { input: Buffer.from(svgDocument(width, height, labels)), left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { width, height, channels: 3, data };
};
