/** The command's time and memory as the picture grows. */
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import type { BenchError } from "../lib/bench-error.ts";
import { type CommandRun, runCommand } from "../lib/command-run.ts";
import { atLeast, atMost } from "../lib/goal.ts";
import { figure, fittedPoints, type Growth, growth as growthOf, type Measured } from "../lib/measured.ts";
import { root } from "../lib/places.ts";
import type { Request, Row } from "../lib/row.ts";
import { inWorkFolder, writePhotograph } from "../lib/work-folder.ts";

const FACTOR = 4;
const TILE = 256;
/** The side of the picture, in pixels, smallest first. */
const SIDES = [64, 128, 256, 512, 768, 896, 1024] as const;
const LARGE_SIDES = [1536, 2048, 4096] as const;
/** From here on some tile has neighbours on every side. No larger picture has a larger tile. */
const PAST_ONE_TILE = 3 * TILE;

const MIB = 2 ** 20;

interface Sized {
  readonly side: number;
  readonly runs: readonly CommandRun[];
}

const megapixels = (side: number): number => side ** 2 / 1e6;

/** The bytes of the picture and of the result, once each, RGB, in MiB. */
const ownMemory = (side: number): number => (3 * side ** 2 * (1 + FACTOR ** 2)) / MIB;

/** Runs every size once in each round, so that a slow minute affects all of them. */
const runAll = async (
  request: Request,
  sides: readonly number[],
  folder: string,
): Promise<E.Either<BenchError, readonly Sized[]>> => {
  const rounds = request.rounds ?? 2;
  const sized = sides.map((side) => ({ side, runs: [] as CommandRun[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { side, runs } of sized) {
      request.progress(`${side} to ${side * FACTOR} pixels a side, round ${round + 1} of ${rounds}`);
      const picture = await writePhotograph(folder, side);
      const output = ["--out", join(folder, "upscaled.png"), "--force"];
      // Without this, the command would choose the tile by the free memory.
      const ways = ["--runtime", request.runtime, "--tile", String(TILE)];
      const main = join(root, "packages", "cli", "src", "main.ts");
      const args = ["--import", "tsx", main, "upscale", picture, ...output, ...ways];
      // A cache of prepared models, which the first round fills.
      const run = await runCommand({ args, environment: { TADSR_CACHE: join(folder, "models") } })();
      if (E.isLeft(run)) return run;
      runs.push(run.right);
    }
  }
  return E.right(sized);
};

const timeGrowth = (sized: readonly Sized[]): E.Either<BenchError, readonly Measured[]> =>
  E.map((grown: Growth): readonly Measured[] => [
    grown,
    figure("time is linear in the pixels: R^2", grown.line.explained, "", atLeast(0.99)),
  ])(
    growthOf({
      name: "time",
      ...{ xName: "the picture", xUnit: "megapixel", yName: "time", yUnit: "s" },
      points: sized.map(({ side, runs }) => ({
        x: megapixels(side),
        y: Math.min(...runs.map(({ wall }) => wall)) / 1000,
      })),
      fittedFrom: 0,
    }),
  );

/**
 * Memory counts as constant beyond one tile if the following does not grow by more than a tenth, from the first picture
 * beyond one tile to the largest: the memory minus twice the bytes of picture and result (each is decoded or computed,
 * and held once more while it is read or encoded). This is more telling for the large sizes, since otherwise the
 * pictures are small compared with a tile's computation.
 */
const memoryGrowth = (sized: readonly Sized[]): E.Either<BenchError, readonly Measured[]> =>
  E.map((grown: Growth): readonly Measured[] => {
    const rests = fittedPoints(grown).map(({ x, y }) => y - 2 * x);
    return [
      grown,
      figure(
        "memory beyond twice the pictures' own bytes, of the largest over that of the first past one tile",
        (rests.at(-1) ?? Number.NaN) / (rests[0] ?? Number.NaN),
        "x",
        atMost(1.1),
      ),
    ];
  })(
    growthOf({
      name: "peak memory past one tile",
      ...{ xName: "the picture and the result", xUnit: "MiB", yName: "peak memory", yUnit: "MiB" },
      points: sized.map(({ side, runs }) => ({
        x: ownMemory(side),
        y: Math.max(...runs.map(({ peak }) => peak)) / MIB,
      })),
      fittedFrom: ownMemory(PAST_ONE_TILE),
    }),
  );

export const growth: Row = {
  name: "growth",
  title: "Time and peak memory as the picture grows",
  measures:
    "The command from its start to its end, a file to a file, in tiles of 256; the shortest time and the largest resident set of the " +
    "rounds. Pictures are 256 to 4096 pixels a side when upscaled, with --large also up to 4096 before.",
  run: (request) => () =>
    inWorkFolder(async (folder) => {
      const sides = request.large ? [...SIDES, ...LARGE_SIDES] : SIDES;
      const sized = await runAll(request, sides, folder);
      if (E.isLeft(sized)) return sized;
      const time = timeGrowth(sized.right);
      if (E.isLeft(time)) return time;
      return E.map((memory: readonly Measured[]) => [...time.right, ...memory])(memoryGrowth(sized.right));
    }),
};
