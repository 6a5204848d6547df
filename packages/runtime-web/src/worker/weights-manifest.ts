/** A list of models that a site has, with the size and checksum of each file. */

export interface WeightsFile {
  /** The file's address, relative to the manifest's. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, in 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface ShippedModel {
  readonly description: WeightsFile;
  readonly weights: WeightsFile;
}

export interface WeightsManifest {
  /** The manifest's address. */
  readonly address: string;
  readonly models: Readonly<Record<string, ShippedModel>>;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isFile = (value: unknown): value is WeightsFile =>
  isRecord(value) &&
  typeof value.file === "string" &&
  Number.isSafeInteger(value.bytes) &&
  typeof value.sha256 === "string" &&
  /^[0-9a-f]{64}$/.test(value.sha256);

const isModel = (value: unknown): value is ShippedModel =>
  isRecord(value) && isFile(value.description) && isFile(value.weights);

/** The manifest in a parsed JSON value; null if it is none. `address` is where it was found. */
export const manifestOf = (address: string, value: unknown): WeightsManifest | null => {
  if (!isRecord(value)) return null;
  const models = Object.entries(value);
  return models.length > 0 && models.every(([, model]) => isModel(model))
    ? { address, models: value as WeightsManifest["models"] }
    : null;
};
