/** JSON allows a key twice in one object, and parsers then drop one without a word. */

/** The end of the string that begins at `from` with its quote: the place after the closing one. */
const stringEnd = (text: string, from: number): number => {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
};

/** The first key that an object of the text has twice, null where there is none. The text must be JSON. */
export const duplicateKey = (text: string): string | null => {
  // The keys seen of each open object; an open array has none.
  const open: (Set<string> | null)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    if (character === "{" || character === ",") isKey = true;
    else if (character === ":" || character === "[") isKey = false;
    if (character !== '"') continue;
    const end = stringEnd(text, at);
    const keys = open.at(-1);
    if (isKey && keys != null) {
      const key = JSON.parse(text.slice(at, end)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    at = end - 1;
  }
  return null;
};
