/** HTML as text. Everything is escaped, except text that `html` itself made. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text made safe inside an element or a quoted attribute. HTML has no NUL, so NUL is shown as a replacement. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "").replaceAll("\0", "\uFFFD");

const written = (part: Part): string => {
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
};

/** A template that escapes its texts and numbers. Attributes must be quoted. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: literals.reduce((text, literal, i) => `${text}${written(parts[i - 1] ?? "")}${literal}`),
});

/** Marks text that must not be escaped: the page's own style and script. */
export const raw = (markup: string): Markup => ({ markup });

export const nothing: Markup = { markup: "" };
