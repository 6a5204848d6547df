/** What is found about a runtime. */
import type { Figure } from "../figures.ts";

/** It opens and computes. */
export interface Ready extends Figure {
  readonly status: "ready";
  /** The graphics cards among which it can choose; absent if it cannot. */
  readonly devices?: readonly string[];
  /** What it told while it computed. */
  readonly notes: readonly string[];
}

/** It does not open. `remedy` is what to do. */
export interface Missing {
  readonly name: string;
  readonly status: "missing";
  readonly missing: string;
  readonly remedy: string;
}

/** It opened, and then failed, computed something wrong, ended its process, or did not answer. */
export interface Failed {
  readonly name: string;
  readonly status: "failed";
  /** One line: what happened, and what to do. */
  readonly message: string;
}

export type Examined = Ready | Missing | Failed;

/** Most often the driver is at fault, and other runtimes do not need it. */
export const failed = (name: string, what: string): Failed => ({
  name,
  status: "failed",
  message: `${what}; use another runtime, or update the driver and the packages`,
});

export const isExamined = (value: unknown, name: string): value is Examined =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  value.name === name &&
  "status" in value &&
  ["ready", "missing", "failed"].includes(String(value.status));
