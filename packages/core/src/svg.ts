/**
 * The few parts of SVG that plots and labels need, as text. It is here because every package that draws may import core.
 */
export type Attributes = Readonly<Record<string, string | number>>;

/** Text made safe inside an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Writes a number with at most three decimals: a thousandth of a pixel. */
const attribute = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 1000) / 1000) : escapeXml(value);

/** `children` are markup. */
export const element = (name: string, attributes: Attributes, children: readonly string[] = []): string => {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  const opening = `<${name}${written.join("")}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join("")}</${name}>`;
};

export const textElement = (attributes: Attributes, content: string): string =>
  element("text", attributes, [escapeXml(content)]);

export const svgDocument = (width: number, height: number, children: readonly string[]): string =>
  element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
    children,
  );
