/** The site's icons, drawn by code: a small square that becomes a large one. */
import sharp from "sharp";
import type { ExtraFiles } from "./extra-files.ts";

/** `round` is the radius of the corners; a maskable icon has none, and keeps its drawing in the middle. */
const drawing = (round: number, scale: number): string => {
  const place = (512 * (1 - scale)) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
<rect width="512" height="512" rx="${round}" fill="#15545c"/>
<g transform="translate(${place} ${place}) scale(${scale})">
<rect x="104" y="104" width="304" height="304" rx="28" fill="none" stroke="#f4efe6" stroke-width="26"/>
<rect x="104" y="308" width="100" height="100" rx="20" fill="#f4efe6"/>
<path d="M244 268 L330 182 M262 182 H330 V250" fill="none" stroke="#f2b866" stroke-width="26" stroke-linecap="round" stroke-linejoin="round"/>
</g></svg>`;
};

const asPng = (svg: string, side: number): Promise<Uint8Array> =>
  sharp(Buffer.from(svg), { density: 96 }).resize(side, side).png().toBuffer();

const [ROUNDED, MASKABLE] = [drawing(112, 1), drawing(0, 0.8)];

const MANIFEST = {
  name: "TAD-SR: upscale photos",
  short_name: "TAD-SR",
  description: "Upscales photos four times on your own device. Nothing is uploaded.",
  start_url: "./",
  scope: "./",
  display: "standalone",
  background_color: "#f7f4ee",
  theme_color: "#15545c",
  icons: [
    { src: "icons/192.png", sizes: "192x192", type: "image/png" },
    { src: "icons/512.png", sizes: "512x512", type: "image/png" },
    { src: "icons/maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
};

/** The icons under `icons/`, and the manifest by which the page can be installed. */
export const iconFiles = (): ExtraFiles =>
  new Map([
    ["icons/icon.svg", async () => new TextEncoder().encode(ROUNDED)],
    ["icons/192.png", () => asPng(ROUNDED, 192)],
    ["icons/512.png", () => asPng(ROUNDED, 512)],
    ["icons/apple.png", () => asPng(drawing(0, 1), 180)],
    ["icons/maskable.png", () => asPng(MASKABLE, 512)],
    ["app.webmanifest", async () => new TextEncoder().encode(JSON.stringify(MANIFEST, null, 1))],
  ]);
