/** The options of `schedule`. */

/** Real-world super-resolution, faces (the published models' schedules), and the small models trained here. */
export const PRESETS = ["realsr-s15", "faceir-s4", "small-x4"] as const;

export interface ScheduleOptions {
  readonly preset: (typeof PRESETS)[number];
  readonly steps?: number;
  readonly power?: number;
  readonly kappa?: number;
  readonly minNoise?: number;
  readonly end?: number;
  readonly respacing?: number;
  readonly svg?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}
