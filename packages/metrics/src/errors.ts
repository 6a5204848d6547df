/** Why a measure cannot be computed. The message is one line and says what to do. */
export type MetricError =
  | { readonly _tag: "DifferentSizes"; readonly message: string }
  /** A window, or a network's halvings, does not fit into the picture. */
  | { readonly _tag: "TooSmall"; readonly message: string }
  /** A border as wide as the picture, an unknown option value, features of different lengths, and so on. */
  | { readonly _tag: "NotAllowed"; readonly message: string }
  /** Weights or features that are NaN or infinite. */
  | { readonly _tag: "NotFinite"; readonly message: string }
  /** An engine failed. */
  | { readonly _tag: "EngineFailed"; readonly message: string };

const error =
  (tag: MetricError["_tag"]) =>
  (message: string): MetricError => ({ _tag: tag, message });

export const differentSizes = error("DifferentSizes");
export const tooSmall = error("TooSmall");
export const notAllowed = error("NotAllowed");
export const notFinite = error("NotFinite");
export const engineFailed = error("EngineFailed");
