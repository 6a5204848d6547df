/** Why a measurement gives no figure. */
export type BenchError =
  /** Something that this machine or clone has not: the row is left out, and says so. */
  | { readonly _tag: "Missing"; readonly what: string; readonly remedy: string }
  /** Something that ought to have worked and did not. */
  | { readonly _tag: "Failed"; readonly message: string };

export const missing = (what: string, remedy: string): BenchError => ({ _tag: "Missing", what, remedy });

export const failed = (message: string): BenchError => ({ _tag: "Failed", message });

/** What was thrown, in one line. */
export const failedBy = (thrown: unknown): BenchError =>
  failed(String(thrown instanceof Error ? thrown.message : thrown).split("\n")[0] ?? "");

export const sayError = (error: BenchError): string =>
  error._tag === "Missing"
    ? `not run: ${error.what} is missing; ${error.remedy}`
    : `failed: ${error.message}`;
