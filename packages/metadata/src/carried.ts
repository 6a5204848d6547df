/** What a picture file carries beside its pixels. */

export interface Carried {
  /** EXIF 2.32 as a TIFF structure, which begins with "II" or "MM". */
  readonly exif?: Uint8Array;
  /** The colour profile (ICC.1). */
  readonly icc?: Uint8Array;
  /** The XMP packet, UTF-8. */
  readonly xmp?: Uint8Array;
}

export type CarriedName = keyof Carried;

/** A new file, and what its format has no room for. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly left: readonly CarriedName[];
}
