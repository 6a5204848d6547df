/** The VQ autoencoder's configuration in the authors' form: `ddconfig`, `n_embed`, `embed_dim`. */
import * as E from "fp-ts/lib/Either.js";
import { type InvalidDescription, invalidDescription } from "../../errors.ts";
import { downsamplingFactor, faultOfVqConfig, GROUPS, type VqAutoencoderConfig } from "./config.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a field: its name, what was expected, what was found. */
interface Fault {
  readonly key: string;
  readonly expected: string;
  readonly found: unknown;
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1_000_000;

const isCounts = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isCount);

/** Fields that do not affect how the network is computed. */
const WITHOUT_EFFECT = ["dropout"];

/** Fields that are read, and fields that must have the value of the published networks. */
const READ = [
  "ch",
  "ch_mult",
  "num_res_blocks",
  "attn_resolutions",
  "resolution",
  "in_channels",
  "out_ch",
  "z_channels",
];
const FIXED: Fields = { padding_mode: "zeros", resamp_with_conv: true, attn_type: "vanilla" };

/** Off, empty or absent: the option is not used. */
const isIdle = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0);

const unsupported = (fields: Fields, known: readonly string[], path: string): Fault | null => {
  for (const [name, found] of Object.entries(fields)) {
    if (known.includes(name) || WITHOUT_EFFECT.includes(name)) continue;
    const key = `${path}${name}`;
    const fixed = FIXED[name];
    if (fixed !== undefined && found !== fixed)
      return { key, expected: `${JSON.stringify(fixed)}, the only supported value`, found };
    if (fixed === undefined && !isIdle(found))
      return { key, expected: "false or nothing: this option is not supported", found };
  }
  return null;
};

const missingCount = (fields: Fields, names: readonly string[], path: string): Fault | null => {
  const name = names.find((field) => !isCount(fields[field]));
  return name === undefined
    ? null
    : { key: `${path}${name}`, expected: "a whole number, at least 1", found: fields[name] };
};

const listFault = (ddconfig: Fields): Fault | null => {
  const { ch_mult, num_res_blocks, attn_resolutions = [] } = ddconfig;
  if (!isCounts(ch_mult) || ch_mult.length === 0)
    return {
      key: "ddconfig.ch_mult",
      expected: "a list of whole numbers, one for each level",
      found: ch_mult,
    };
  if (!isCount(num_res_blocks) && !(isCounts(num_res_blocks) && num_res_blocks.length === ch_mult.length))
    return {
      key: "ddconfig.num_res_blocks",
      expected: `a whole number, or a list of ${ch_mult.length}, one for each level`,
      found: num_res_blocks,
    };
  return isCounts(attn_resolutions)
    ? null
    : { key: "ddconfig.attn_resolutions", expected: "a list of whole numbers", found: attn_resolutions };
};

/** Checks that need more than one field. Each field is right by itself. */
const inconsistency = (config: VqAutoencoderConfig, ddconfig: Fields): Fault | null => {
  // The lists have been checked, so only the width can be wrong.
  if (faultOfVqConfig(config) !== null)
    return { key: "ddconfig.ch", expected: `a multiple of ${GROUPS}`, found: ddconfig.ch };
  const { attn_resolutions, resolution } = ddconfig;
  const factor = downsamplingFactor(config);
  return !isIdle(attn_resolutions) && Number(resolution) % factor !== 0
    ? {
        key: "ddconfig.resolution",
        expected: `a multiple of ${factor}, so that attn_resolutions name levels`,
        found: resolution,
      }
    : null;
};

/** A ddconfig's fields, after they were checked. */
interface Ddconfig {
  readonly in_channels: number;
  readonly out_ch: number;
  readonly ch: number;
  readonly ch_mult: readonly number[];
  readonly num_res_blocks: number | readonly number[];
  readonly attn_resolutions?: readonly number[];
  readonly resolution: number;
  readonly z_channels: number;
}

const configOf = (record: Fields, fields: Fields): VqAutoencoderConfig => {
  const ddconfig = fields as unknown as Ddconfig;
  const { ch_mult: multipliers, num_res_blocks: blocks, attn_resolutions = [], resolution } = ddconfig;
  return {
    kind: "vq-autoencoder",
    inputChannels: ddconfig.in_channels,
    outputChannels: ddconfig.out_ch,
    channels: ddconfig.ch,
    multipliers,
    blocks: typeof blocks === "number" ? multipliers.map(() => blocks) : blocks,
    attentionLevels: [...multipliers.keys()].filter((level) =>
      attn_resolutions.includes(resolution / 2 ** level),
    ),
    innerChannels: ddconfig.z_channels,
    latentChannels: Number(record.embed_dim),
    codebookSize: Number(record.n_embed),
  };
};

/**
 * The configuration of an authors' record. Errors name the `file` and the field. An option that this network does not
 * have (`double_z`, other paddings) is refused, not ignored.
 */
export const readVqAutoencoderConfig = (
  file: string,
  record: unknown,
): E.Either<InvalidDescription, VqAutoencoderConfig> => {
  const refuse = ({ key, expected, found }: Fault): E.Either<InvalidDescription, never> =>
    E.left(invalidDescription(file, key, expected, found === undefined ? "nothing" : JSON.stringify(found)));
  if (!isRecord(record)) return refuse({ key: "", expected: "an object", found: record });
  const { ddconfig } = record;
  if (!isRecord(ddconfig)) return refuse({ key: "ddconfig", expected: "an object", found: ddconfig });
  const counts = READ.filter((name) => !["ch_mult", "num_res_blocks", "attn_resolutions"].includes(name));
  const fault =
    unsupported(record, ["ddconfig", "n_embed", "embed_dim"], "") ??
    unsupported(ddconfig, READ, "ddconfig.") ??
    missingCount(record, ["n_embed", "embed_dim"], "") ??
    missingCount(ddconfig, counts, "ddconfig.") ??
    listFault(ddconfig);
  if (fault !== null) return refuse(fault);
  const config = configOf(record, ddconfig);
  const inconsistent = inconsistency(config, ddconfig);
  return inconsistent === null ? E.right(config) : refuse(inconsistent);
};
