import { Script } from "node:vm";
import { type PagePicture, type Report, reportPage } from "@tadsr/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryReport } from "./arbitrary-report.ts";
import { sampleReport } from "./sample-report.ts";

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

const cell = (title: string, width: number, caption?: string) => ({
  title,
  ...(caption === undefined ? {} : { caption }),
  dataUri: PIXEL,
  width,
  height: 64,
});
const samplePictures: readonly PagePicture[] = [
  {
    name: "a",
    seed: 0,
    cells: [cell("small picture", 24), cell("bicubic", 96, "27.00 dB"), cell("small-x4", 96)],
  },
  { name: "b", seed: 0, cells: [cell("bicubic", 96)] },
];

const VOID = new Set(["meta", "img", "input", "!doctype"]);

/** Opening and closing tags in their order, with the names of their attributes; anything unquoted is a fault. */
const tagsOf = (page: string): readonly string[] => {
  const markup = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>");
  const tags: string[] = [];
  const text = markup.replace(
    /<([a-z/!][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/gi,
    (_, name, attributes) => {
      tags.push(
        [
          name.toLowerCase(),
          ...attributes
            .replace(/="[^"]*"/g, "")
            .split(" ")
            .slice(1),
        ].join(" "),
      );
      return "";
    },
  );
  expect(text).not.toMatch(/[<>]/);
  return tags;
};

const expectBalanced = (tags: readonly string[]): void => {
  const open: string[] = [];
  for (const tag of tags.map((each) => each.split(" ", 1)[0] ?? "")) {
    if (tag.startsWith("/")) expect(open.pop()).toBe(tag.slice(1));
    else if (!VOID.has(tag)) open.push(tag);
  }
  expect(open).toEqual([]);
};

const ESCAPES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const unescaped = (text: string): string =>
  text.replace(/&([a-z0-9#]+);/g, (_, name) => ESCAPES[name] ?? "?");

test("every tag is closed, every attribute quoted, and nothing is fetched", () => {
  const page = reportPage(sampleReport, samplePictures);
  expectBalanced(tagsOf(page));
  expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|url\(/i);
  fc.assert(
    fc.property(arbitraryReport, (report) => {
      expectBalanced(tagsOf(reportPage(report, [])));
    }),
    { numRuns: 30 },
  );
});

/** A value with all texts replaced, except those that have a meaning. */
const withTexts = <A>(value: A, replace: (text: string) => string): A =>
  JSON.parse(JSON.stringify(value), (key, each) =>
    typeof each === "string" && !/^(format|better|against|kind|mean|psnr|ssim|niqe)$/.test(key)
      ? replace(each)
      : each,
  );

test.each(['<script>alert("1")</script>', "\"' onerror='x' \"", "&lt;b&gt; & ]]>", "</style></script><!--"])(
  "shows %s as it is",
  (hostile) => {
    const hurt = (text: string): string => `${hostile}${text}`;
    const names = sampleReport.metrics.map(({ name }) => name);
    const report: Report = {
      ...withTexts(sampleReport, (text) => (names.includes(text) ? text : hurt(text))),
      originals: hurt("Set2"),
    };
    const page = reportPage(report, withTexts(samplePictures, hurt));
    const harmless = reportPage(
      { ...withTexts(sampleReport, (text) => text), originals: "Set2" },
      samplePictures,
    );
    expect(tagsOf(page)).toEqual(tagsOf(harmless));
    for (const [pattern, shown] of [
      [/<h1>([^<]*)<\/h1>/, hurt("Set2, 4 times larger")],
      [/<th scope="row">([^<]*)<small>/, hurt("originals")],
      [/<h3>([^<]*)<\/h3>/, hurt("a, seed 0")],
      [/<img src="([^"]*)"/, hurt(PIXEL)],
      [/alt="([^"]*)"/, `${hurt("a")}, seed 0: ${hurt("small picture")}`],
    ] as const)
      expect(unescaped(pattern.exec(page)?.[1] ?? "nothing")).toBe(shown);
  },
);

/** A table's rows as text, by cells. */
const rowsOf = (page: string, table: number): readonly (readonly string[])[] =>
  (
    page
      .split("<table")
      [table + 1]?.split("</table>")[0]
      ?.match(/<tr[\s\S]*?<\/tr>/g) ?? []
  ).map((row) =>
    [...row.matchAll(/<t[hd][^>]*?( class="best")?>([\s\S]*?)<\/t[hd]>/g)].map(
      ([, best, content]) => `${best === undefined ? "" : "*"}${content?.replace(/<[^>]*>/g, "")}`,
    ),
  );

test("shows what was measured, the summary, and each picture's values with the best marked", () => {
  const page = reportPage(sampleReport, samplePictures);
  for (const text of [
    "<dd>Set2, 2 pictures</dd>",
    "<dd>0, 1</dd>",
    "<dd>4 pixels</dd>",
    "no original has this name",
  ])
    expect(page).toContain(text);
  for (const { about } of sampleReport.metrics) expect(page).toContain(`<dd>${about}`);
  expect(rowsOf(page, 0)[2]?.slice(1)).toEqual([
    "27.00 ± 0.00",
    "0.7500 ± 0.0000",
    "7.500 ± 0.000",
    "0.012",
    "–",
  ]);
  expect(rowsOf(page, 0)[4]?.slice(1)).toEqual(["*∞", "*1.0000 ± 0.0000", "*3.500 ± 0.000", "–", "–"]);
  expect(rowsOf(page, 1)).toEqual([
    ["picture", "bicubic", "small-x4", "copy"],
    ["a, seed 0", "26.00", "28.00", "*∞"],
    ["a, seed 1", "26.00", "29.00", "*∞"],
    ["b, seed 0", "28.00", "30.00", "*∞"],
    ["b, seed 1", "28.00", "31.00", "*∞"],
  ]);
  expect(rowsOf(page, 3)[1]).toEqual(["a, seed 0", "3.000", "7.000", "5.000", "*3.000"]);
  expect(page).toContain('<a href="#picture-2">b, seed 0</a>');
});

test("a folder's picture without a seed appears in each seed's row", () => {
  const methods = sampleReport.methods.map((method) =>
    method.kind === "folder"
      ? { ...method, pictures: method.pictures.slice(1, 3).map((each) => ({ ...each, seed: null })) }
      : method,
  );
  const page = reportPage({ ...sampleReport, methods }, []);
  expect(
    rowsOf(page, 1)
      .slice(1)
      .map((row) => row[3]),
  ).toEqual(["*∞", "*∞", "*∞", "*∞"]);
});

test("pictures are shown without the script, and what needs the script is hidden until it runs", () => {
  const page = reportPage(sampleReport, samplePictures);
  const [withoutStage = ""] = page.split("<template");
  expect(withoutStage.match(/<img src="data:/g)).toHaveLength(4);
  for (const button of withoutStage.match(/<button[^>]*>/g) ?? []) expect(button).toContain(" hidden");
  expect(page).toContain('<div class="tools scripted-only" hidden>');
  expect(reportPage(sampleReport, [])).not.toContain('id="pictures"');
});

test("the script is JavaScript", () => {
  const script = /<script>([\s\S]*)<\/script>/.exec(reportPage(sampleReport, samplePictures))?.[1] ?? "(";
  expect(() => new Script(script)).not.toThrow();
});
