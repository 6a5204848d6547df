/** Elements of SVG as text, in colours that suit light and dark pages. */

type Attributes = Readonly<Record<string, string | number>>;

/** A part of a plot, which is placed below the part before it. Sizes are in pixels. */
export interface Panel {
  readonly height: number;
  readonly content: string;
}

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** An SVG element. `content` is markup already. Numbers are rounded to a hundredth of a pixel. */
export const tag = (name: string, attributes: Attributes, content = ""): string => {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? +value.toFixed(2) : escapeText(value)}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
};

export const words = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  tag("text", { x, y, ...attributes }, escapeText(text));

export const segment = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  tag("line", { x1, y1, x2, y2, class: kind });

/** The colours of a page: background, text, faint text, grid lines, our figures, goals, and figures that miss one. */
type Colours = readonly [string, string, string, string, string, string, string];

const LIGHT: Colours = ["#ffffff", "#1d2330", "#5b6475", "#dfe3ea", "#2463b4", "#1b7f4d", "#b5431f"];
const DARK: Colours = ["#12161d", "#e8ecf3", "#a3adbd", "#2f3745", "#7fb2f0", "#5fca92", "#f0906d"];

const rules = ([ground, text, faint, grid, ours, goal, missed]: Colours): string =>
  [
    `.ground{fill:${ground}}`,
    `text{fill:${text};font:13px system-ui,Helvetica,Arial,'DejaVu Sans',sans-serif}`,
    `text.title{font-size:16px;font-weight:600}`,
    `text.faint{fill:${faint};font-size:12px}`,
    `text.missed{fill:${missed}}`,
    `text.met{fill:${goal}}`,
    `.grid{stroke:${grid};stroke-width:1}`,
    `.even{stroke:${faint};stroke-width:1;stroke-dasharray:3 3}`,
    `.range{stroke:${ours};stroke-width:5;stroke-linecap:round;opacity:.45}`,
    `.line{stroke:${ours};stroke-width:1.5;fill:none}`,
    `.point{fill:${ours}}`,
    `.goal{stroke:${goal};stroke-width:3}`,
  ].join("");

/** A page of panels below each other. */
export const page = (width: number, panels: readonly Panel[]): string => {
  const height = panels.reduce((sum, panel) => sum + panel.height, 0);
  const placed = panels.reduce<{ readonly top: number; readonly markup: string }>(
    ({ top, markup }, panel) => ({
      top: top + panel.height,
      markup: markup + tag("g", { transform: `translate(0 ${top})` }, panel.content),
    }),
    { top: 0, markup: "" },
  );
  const style = `<style>${rules(LIGHT)}@media(prefers-color-scheme:dark){${rules(DARK)}}</style>`;
  return `${tag(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    style + tag("rect", { class: "ground", width, height }) + placed.markup,
  )}\n`;
};
