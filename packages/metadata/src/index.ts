export type { Carried, CarriedName, Written } from "./carried.ts";
export { orientationOf, type Upright, uprightExif } from "./exif.ts";
export { PICTURE_FORMATS, type PictureFormat, sniffFormat } from "./picture-format.ts";
export { readCarried, writeCarried } from "./read-write.ts";
