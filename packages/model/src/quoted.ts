/** Texts from files as errors show them: quoted, on one line, short, and harmless to a terminal. */

const LONGEST = 200;

/** Characters that JSON leaves as they are but terminals obey: DEL and C1, marks of direction, line separators. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`;

/** JSON, or nearly so, cut to `longest` characters. */
export const printable = (json: string, longest = LONGEST): string =>
  (json.length > longest ? `${json.slice(0, longest)}...` : json).replace(OBEYED, escaped);

export const quoted = (text: string, longest = LONGEST): string =>
  printable(JSON.stringify(text.length > longest ? `${text.slice(0, longest)}...` : text), 6 * LONGEST);
