/** JSON allows a key twice in one object. Parsers then silently drop one of the two. */

const CODES = { quote: 0x22, comma: 0x2c, colon: 0x3a, list: 0x5b, escape: 0x5c, listEnd: 0x5d } as const;
const [OBJECT, OBJECT_END] = [0x7b, 0x7d] as const;

/** The place after the string whose opening quote is at `from`. */
const stringEnd = (text: string, from: number): number => {
  let at = from + 1;
  for (let code = text.charCodeAt(at); code !== CODES.quote && at < text.length; code = text.charCodeAt(at))
    at += code === CODES.escape ? 2 : 1;
  return at + 1;
};

/** The first key that an object in the text has twice, or null. The text must be JSON. */
export const duplicateKey = (text: string): string | null => {
  // For each open object the keys seen so far; for an open list, none.
  const open: (Set<string> | null)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CODES.quote) {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (isKey && keys != null) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    } else if (code === OBJECT) {
      open.push(new Set());
      isKey = true;
    } else if (code === CODES.list) {
      open.push(null);
      isKey = false;
    } else if (code === OBJECT_END || code === CODES.listEnd) open.pop();
    else if (code === CODES.comma) isKey = true;
    else if (code === CODES.colon) isKey = false;
  }
  return null;
};
