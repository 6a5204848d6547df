/**
 * Every equation of the paper, 1 to 16, is written once in the source (tag `@equation n`), is named by the
 * title of a test, and has a page of its derivation that cites only tests that exist.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The files in a folder and below it with these endings, with paths from the root; none if there is no folder. */
const filesUnder = (folder: string, ending: string): readonly string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
        .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    : [];

const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => `packages/${entry.name}`);

const equations = Array.from({ length: 16 }, (_, i) => i + 1);

const tags = packages
  .flatMap((folder) => filesUnder(`${folder}/src`, ".ts"))
  .flatMap((file) =>
    [...read(file).matchAll(/^\s*\* @equation (\d+)$/gm)].map((tag) => ({ equation: Number(tag[1]), file })),
  );

/** Titles of tests, by their file. */
const titles = packages
  .flatMap((folder) => filesUnder(`${folder}/test`, ".test.ts"))
  .flatMap((file) =>
    [...read(file).matchAll(/\btest\(\s*"((?:[^"\\]|\\.)*)"/g)].map((title) => ({
      file,
      title: title[1] ?? "",
    })),
  );

const pageOf = (equation: number): string => `docs/derivations/eq${String(equation).padStart(2, "0")}.md`;

/** What a page cites: a test's title in backticks, followed by a link to its file. */
const citations = (page: string): readonly { readonly title: string; readonly file: string }[] =>
  [...page.matchAll(/`([^`]+)` \(\[[^\]]+\]\(\.\.\/\.\.\/([^)]+)\)\)/g)].map((cited) => ({
    title: cited[1] ?? "",
    file: cited[2] ?? "",
  }));

describe("equations 1 to 16", () => {
  test("each is tagged exactly once in the source, and there are no others", () => {
    expect(tags.map(({ equation }) => equation).sort((a, b) => a - b)).toEqual(equations);
  });

  test.each(equations)("equation %i is named by the title of a test", (equation) => {
    const named = titles.filter(({ title }) => new RegExp(`^Eq ${equation}(?!\\d)`).test(title));
    expect(named.length).toBeGreaterThan(0);
  });

  test.each(equations)(
    "equation %i has a page that cites a test of its own, and only tests that exist",
    (equation) => {
      const page = read(pageOf(equation));
      expect(page).toMatch(new RegExp(`^# Eq ${equation}:`));
      const cited = citations(page);
      for (const citation of cited) expect(titles).toContainEqual(citation);
      expect(cited.some(({ title }) => new RegExp(`^Eq ${equation}(?!\\d)`).test(title))).toBe(true);
      // A title that is quoted without its file would escape the check above.
      const quoted = [...page.matchAll(/`(Eq \d+[^`]*)`/g)].map((quote) => quote[1]);
      expect(quoted.filter((title) => !cited.some((citation) => citation.title === title))).toEqual([]);
    },
  );

  test("every page belongs to an equation", () => {
    const pages = filesUnder("docs/derivations", ".md");
    expect(pages.filter((file) => /eq\d+\.md$/.test(file)).sort()).toEqual(equations.map(pageOf));
  });
});
