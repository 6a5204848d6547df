/** Why a measurement gave no figure. */
export type BenchError =
  /** This machine or clone lacks something. The row is left out, and says so. */
  | { readonly _tag: "Missing"; readonly what: string; readonly remedy: string }
  /** Something that should have worked did not. */
  | { readonly _tag: "Failed"; readonly message: string };

export const missing = (what: string, remedy: string): BenchError => ({ _tag: "Missing", what, remedy });

export const failed = (message: string): BenchError => ({ _tag: "Failed", message });

/** A thrown value, in one line. */
export const failedBy = (thrown: unknown): BenchError =>
  failed(String(thrown instanceof Error ? thrown.message : thrown).split("\n")[0] ?? "");

export const sayError = (error: BenchError): string =>
  error._tag === "Missing"
    ? `not run: ${error.what} is missing; ${error.remedy}`
    : `failed: ${error.message}`;
