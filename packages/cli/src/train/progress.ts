/** What a training shows while it runs. */
import type { RunProgress, ValidationMeasures } from "@tadsr/train";
import type { LiveLine } from "../live-line.ts";
import { noteLine, type Shell } from "../shell.ts";

/** Hours, minutes and seconds, without leading zeros. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return "unknown";
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
};

const signed = (decibels: number): string => `${decibels < 0 ? "" : "+"}${decibels.toFixed(2)} dB`;

const validationText = (measures: ValidationMeasures): string => {
  const { errorToBicubic, psnrOverBicubic, target } = measures;
  const ofTarget =
    target === null ? "" : `, ${target.distanceToBicubic.toFixed(3)} of its distance from the target`;
  return `${errorToBicubic.toFixed(3)} of bicubic's error, ${signed(psnrOverBicubic)}${ofTarget}`;
};

export const progressText = (progress: RunProgress): string => {
  const { step, steps, loss, picturesPerSecond, secondsLeft, validation } = progress;
  const measured = validation === null ? [] : [`at step ${validation.step} ${validationText(validation)}`];
  return [
    `step ${step} of ${steps}`,
    `loss ${loss.toPrecision(4)}`,
    ...measured,
    `${picturesPerSecond.toFixed(1)} pictures/s`,
    `${duration(secondsLeft)} left`,
  ].join(", ");
};

/** On a terminal: one line that changes. In a file or pipe: a line every hundred steps and at each validation. */
export const showProgress = (shell: Shell, line: LiveLine | null, progress: RunProgress): void => {
  if (line !== null) line.show(progressText(progress));
  else if (progress.step % 100 === 0 || progress.validation?.step === progress.step)
    noteLine(shell, progressText(progress));
};
