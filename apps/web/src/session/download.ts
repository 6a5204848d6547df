/** Gives a file to the visitor, as a download. */
import type { PictureFormat } from "@tadsr/metadata";

const ENDINGS = { png: "png", jpeg: "jpg", webp: "webp" } as const;

/** `photo.jpg` becomes `photo-4x.png`. */
export const nameOfResult = (name: string, format: PictureFormat): string =>
  `${name.replace(/(?<=.)\.[^.]*$/, "")}-4x.${ENDINGS[format]}`;

/** How long the browser may take to begin reading the file. */
const GRACE = 60_000;

export const download = (file: Blob, name: string): void => {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), GRACE);
};
