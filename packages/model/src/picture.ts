/** Pictures as codecs take and give them, and places in pictures. */

/** Colours of a picture: red, green, blue. */
export const COLOURS = 3;

/** 8-bit sRGB: red, green, blue interleaved, row-major: [height, width, 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Uint8Array;
  /** How opaque each pixel is: [height, width], 0 is transparent. A picture without it is opaque. */
  readonly alpha?: Uint8Array;
}

/** Any picture with interleaved channels, row-major: [height, width, channels]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array | Float64Array | Uint8Array;
}

/** A raster of 32-bit floats. */
export interface FloatRaster extends Raster {
  readonly data: Float32Array;
}

/** Sides in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of pixels. It may reach beyond a picture if a function allows that. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The same part of a picture that is `factor` times wider and higher. */
export const scaled = ({ x, y, width, height }: Rectangle, factor: number): Rectangle => ({
  x: x * factor,
  y: y * factor,
  width: width * factor,
  height: height * factor,
});
