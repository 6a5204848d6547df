/** What an evaluation on a folder of originals is asked for. */
import type {
  FolderSource,
  KeepChoice,
  MethodSource,
  MetricsChoice,
  ModelSource,
  ModelsOptions,
} from "./choices.ts";
import { foldersOf, SEED_PLACE } from "./folder-method.ts";
import type { Openers } from "./openers.ts";

/** What is evaluated, and how. */
export interface FolderEvaluation<E> {
  /** The folder of the originals. */
  readonly originals: string;
  /** In the order of the report. */
  readonly methods: readonly MethodSource[];
  /** How engines and models are opened, such as `openersOn(openRuntime("auto"))`. */
  readonly open: Openers<E>;
  /** A preset's name or a JSON file, by default `realesrgan`. If only folders are compared, nothing is degraded. */
  readonly degradation?: string;
  /** Whole numbers from 0, the seeds of degradation and noise; by default 0. */
  readonly seeds?: readonly number[];
  readonly metrics?: MetricsChoice;
  readonly models?: ModelsOptions;
  /** Side in pixels of the square that is first cut from the middle of each original; by default nothing is cut. */
  readonly crop?: number;
  /** Where the small pictures and the models' pictures are kept; by default they are not. */
  readonly keep?: KeepChoice;
  /** The number of originals whose pictures the result has, to be shown on a page; by default 0. */
  readonly show?: number;
  /** The folder that relative paths start from; by default the process's working folder. */
  readonly workingFolder?: string;
  /** The program that evaluates, for the report, such as "tadsr 0.1.0". */
  readonly by?: string;
  /** Called before each picture of a method, and at the end with `done` equal to `total`. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

export const isFolder = (source: MethodSource): source is FolderSource => source.kind === "folder";
export const isModel = (source: MethodSource): source is ModelSource => source.kind === "model";

/** The seeds of an evaluation: none if nothing depends on them. */
export const seedsOf = (
  methods: readonly MethodSource[],
  seeds: readonly number[] = [0],
): readonly number[] =>
  methods.every((source) => isFolder(source) && !source.folder.includes(SEED_PLACE)) ? [] : seeds;

/** The folders that an evaluation reads, by the paths that were given. */
export const measuredFolders = (
  originals: string,
  methods: readonly MethodSource[],
  seeds: readonly number[],
): readonly string[] => [
  originals,
  ...methods.filter(isFolder).flatMap((source) => foldersOf(source, seeds)),
];
