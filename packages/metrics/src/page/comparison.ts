/** The page's pictures. Without the script they are side by side; with it, one can zoom and lay one over another. */
import { html, type Markup, nothing } from "./markup.ts";

/** One method's picture, the original or the small picture. */
export interface PageCell {
  readonly title: string;
  readonly caption?: string;
  /** "data:image/png;base64,..." */
  readonly dataUri: string;
  /** In pixels. All cells of a picture are shown equally large, whatever their own size. */
  readonly width: number;
  readonly height: number;
}

/** The pictures that are compared in one place. */
export interface PagePicture {
  readonly name: string;
  readonly seed: number | null;
  readonly cells: readonly PageCell[];
}

export const labelOf = ({ name, seed }: Pick<PagePicture, "name" | "seed">): string =>
  seed === null ? name : `${name}, seed ${seed}`;

export const pictureId = (index: number): string => `picture-${index + 1}`;

const figure = (label: string, widest: PageCell, cell: PageCell): Markup => {
  const { title, caption, dataUri, width, height } = cell;
  const small = width < widest.width ? html` class="pixelated"` : nothing;
  return html`<figure data-title="${title}"><div class="view" style="aspect-ratio: ${widest.width} / ${widest.height}"><img src="${dataUri}" alt="${label}: ${title}" width="${width}" height="${height}"${small} loading="lazy" decoding="async"></div><figcaption>${title}${caption === undefined ? nothing : html` <small>${caption}</small>`}</figcaption></figure>
`;
};

const BUTTONS = [
  ["farther", "−", "Zoom out"],
  ["closer", "+", "Zoom in"],
  ["true", "1:1", "A pixel of the picture for a pixel of the screen"],
  ["fit", "fit", "The whole picture"],
] as const;

const pictureSection = (picture: PagePicture, index: number): Markup => {
  const [first, ...others] = picture.cells;
  if (first === undefined) return nothing;
  const widest = others.reduce((a, b) => (b.width > a.width ? b : a), first);
  const label = labelOf(picture);
  const buttons = BUTTONS.map(
    ([value, text, title]) =>
      html`<button type="button" class="scripted-only" hidden value="${value}" title="${title}" aria-label="${title}">${text}</button>`,
  );
  return html`<section class="picture" id="${pictureId(index)}" style="--shape: ${widest.width / widest.height}">
<div class="bar"><h3>${label}</h3>${buttons}</div>
<div class="views" role="group" aria-label="${label}" aria-describedby="help">
${picture.cells.map((cell) => figure(label, widest, cell))}</div>
</section>
`;
};

/** The script clones it for each picture. */
const stage = html`<template id="stage"><div class="stage" hidden>
<div class="view" role="group" aria-label="One method over another" aria-describedby="help"><img class="first-image" alt="" loading="lazy"><div class="over"><img class="second-image" alt="" loading="lazy"></div><div class="line"></div><span class="tag first"></span><span class="tag second"></span></div>
<input type="range" min="0" max="100" value="50" aria-label="How much of the left method is shown">
</div></template>
`;

const choice = (name: string, label: string, titles: readonly string[], chosen: number): Markup => {
  const option = (title: string, i: number): Markup =>
    html`<option value="${title}"${i === chosen ? html` selected` : nothing}>${title}</option>`;
  return html`<label class="over-only" hidden>${label} <select name="${name}">${titles.map(option)}</select></label>
`;
};

/** The last two are chosen at first, because the methods come after the small picture and the original. */
const tools = (titles: readonly string[]): Markup => html`<div class="tools scripted-only" hidden>
<fieldset><legend class="only-read">Show</legend>
<label><input type="radio" name="mode" value="side" checked> side by side</label>
<label><input type="radio" name="mode" value="over"> one over another</label></fieldset>
${choice("first", "left", titles, Math.max(0, titles.length - 2))}${choice("second", "right", titles, titles.length - 1)}<button type="button" class="flick over-only" hidden>Flick</button>
<output class="over-only" aria-live="polite"></output>
</div>
<p id="help" class="help scripted-only" hidden>Drag or use the arrow keys to move, the keys + and − to zoom, 1 for true size, 0 for the whole. The wheel zooms a picture that was clicked, and any with Ctrl. One over another: click, or press F, to flick between the two.</p>
`;

export const comparison = (pictures: readonly PagePicture[]): Markup => {
  const titles = [...new Set(pictures.flatMap(({ cells }) => cells.map(({ title }) => title)))];
  if (titles.length === 0) return nothing;
  return html`<section aria-labelledby="pictures">
<h2 id="pictures">Pictures</h2>
${tools(titles)}${pictures.map(pictureSection)}${stage}</section>
`;
};
