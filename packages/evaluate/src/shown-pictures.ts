/** Collects the pictures for the page as they are made: those of a few originals, with the first seed. */
import {
  decodeValue,
  type Fault,
  type Made,
  type Metric,
  type PagePicture,
  type Trial,
} from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";

/** It is hard to tell from lossless, and needs a third of the bytes. */
const WEBP = { quality: 95, effort: 4 } as const;

const dataUriOf = async ({ width, height, data }: Picture): Promise<string> => {
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .webp(WEBP)
    .toBuffer();
  return `data:image/webp;base64,${bytes.toString("base64")}`;
};

export interface ShownPictures {
  readonly add: (trial: Trial, made: readonly Made[]) => TE.TaskEither<Fault, void>;
  readonly pictures: () => readonly PagePicture[];
}

/** `count` of the names, evenly spread. */
const spread = (names: readonly string[], count: number): ReadonlySet<string> => {
  const many = Math.min(count, names.length);
  return new Set(
    Array.from({ length: many }, (_, n) => names[Math.floor((n * names.length) / many)] as string),
  );
};

const captionOf = ({ result }: Made, metrics: readonly Metric[]): string =>
  metrics
    .map(({ name, title, digits }) => {
      const value = decodeValue(result.values[name] ?? 0);
      return `${title} ${Number.isFinite(value) ? value.toFixed(digits) : "∞"}`;
    })
    .join(", ");

/** If `count` is 0, nothing is encoded. */
export const shownPictures = (
  names: readonly string[],
  count: number,
  metrics: readonly Metric[],
): ShownPictures => {
  const chosen = spread(names, count);
  const seen = new Map<string, PagePicture>();
  return {
    add: (trial, made) =>
      !chosen.has(trial.name) || seen.has(trial.name)
        ? TE.right(undefined)
        : TE.tryCatch(
            async () => {
              const { name, seed, original, small } = trial;
              const cell = async (title: string, picture: Picture, caption?: string) => ({
                title,
                ...(caption === undefined ? {} : { caption }),
                dataUri: await dataUriOf(picture),
                width: picture.width,
                height: picture.height,
              });
              const cells = [
                ...(small === null ? [] : [await cell("small picture", small)]),
                await cell("original", original),
                ...(await Promise.all(
                  made.map((one) => cell(one.method.name, one.picture, captionOf(one, metrics))),
                )),
              ];
              seen.set(name, { name, seed, cells });
            },
            (thrown) => ({ message: `it cannot be encoded for the page: ${firstLine(thrown)}` }),
          ),
    pictures: () => [...seen.values()],
  };
};
