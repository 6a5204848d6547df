/** Why an engine can do no more work. What it throws then carries this as its cause. */
export interface EngineFailure {
  readonly _tag: "EngineFailure";
  /**
   * `device-lost`: the system, a driver or someone else took the device away. `out-of-memory`: the device has no room for
   * a tensor. `closed`: the engine was closed. `refused`: the device could not do what it was given.
   */
  readonly reason: "device-lost" | "out-of-memory" | "closed" | "refused";
  /** One line: what happened, and what to do. */
  readonly message: string;
}

const isFailure = (value: unknown): value is EngineFailure =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "EngineFailure";

/** The error that an engine throws, since the algebra's operations return tensors and nothing else. */
export const errorOfFailure = (failure: EngineFailure): Error =>
  new Error(failure.message, { cause: failure });

/** The failure that a thrown value carries; null if it carries none. */
export const failureOf = (thrown: unknown): EngineFailure | null =>
  thrown instanceof Error && isFailure(thrown.cause) ? thrown.cause : null;
