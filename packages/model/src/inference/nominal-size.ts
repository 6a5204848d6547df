/** Finds the nominal side of a UNet's latent and its windows' side from its Swin layers. */

/** The least and the greatest possible value of a whole number. */
export type Range = readonly [least: number, greatest: number];

/** Of one Swin layer. A level's side is the latent's, halved `level` times and rounded down to whole pixels. */
export interface Evidence {
  readonly level: number;
  /** Side of its windows: the configured one, or the level's side if that is smaller. */
  readonly window: number;
  /** The level's side, if more is known of it. */
  readonly sides: Range | null;
}

interface Sizes {
  readonly imageSize: number;
  readonly window: number;
}

export interface NominalSizes extends Sizes {
  /** The fields that the evidence does not determine, which so have the published value. */
  readonly assumed: readonly string[];
}

interface Choice {
  readonly published: Sizes;
  readonly given: Partial<Sizes>;
}

/** The level's side, if no layer has windows wider than `widest`. */
const sidesOf = ({ window, sides }: Evidence, widest: number): Range =>
  sides ?? (window < widest ? [window, window] : [window, Number.POSITIVE_INFINITY]);

/** The greatest side that halves evenly, as masks need it; the published side if there is no greatest. */
const pick = ([least, greatest]: Range, unit: number, published: number): number => {
  const isEndless = greatest === Number.POSITIVE_INFINITY;
  if (isEndless) return published >= least ? published : Math.ceil(least / unit) * unit;
  const even = Math.floor(greatest / unit) * unit;
  return even >= least ? even : least;
};

/**
 * If masks or shrunk windows leave several sides possible, they all make the same network with other names for its
 * levels. Without masks and shrunk windows, the side decides at which levels windows are shifted. The configured window
 * is taken to be the widest found. If that fills its level, the true one may be wider, which has no effect.
 */
export const inferSides = (
  evidence: readonly Evidence[],
  levels: number,
  { published, given }: Choice,
): NominalSizes => {
  const widest = Math.max(1, ...evidence.map(({ window }) => window));
  const unit = 2 ** (levels - 1);
  const ranges = evidence.map((layer): Range => {
    const [least, greatest] = sidesOf(layer, widest);
    return [least * 2 ** layer.level, (greatest + 1) * 2 ** layer.level - 1];
  });
  const range: Range = [
    Math.max(unit, ...ranges.map(([least]) => least)),
    Math.min(...ranges.map(([, greatest]) => greatest)),
  ];
  const found = pick(range, unit, published.imageSize);
  const isOpen = found - unit >= range[0] || found + unit <= range[1];
  const imageSize = given.imageSize ?? found;

  const isShrunk = evidence
    .filter(({ window }) => window === widest)
    .every(({ level, sides }) => (sides?.[1] ?? Math.floor(imageSize / 2 ** level)) <= widest);
  const window = given.window ?? (isShrunk ? Math.max(widest, published.window) : widest);
  return {
    imageSize,
    window,
    assumed: [
      ...(isOpen && given.imageSize === undefined ? ["imageSize"] : []),
      ...(isShrunk && given.window === undefined ? ["swin.window"] : []),
    ],
  };
};
