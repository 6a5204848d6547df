/** The typed options of `train` as choices of @tadsr/train. */
import type { StudentChoices, TeacherChoices } from "@tadsr/train";
import { definedOf } from "../defined.ts";
import type { Shell } from "../shell.ts";
import { MEBIBYTE, type TrainCommandOptions, type TrainStudentCommandOptions } from "./options.ts";

/** Options whose names are not the choices' own. */
const renamed = ({
  out,
  rate,
  warmUp,
  decay,
  pictureCache,
  targetModel,
  targetMix,
  ...typed
}: TrainCommandOptions) => ({
  output: out,
  rate: definedOf({ peak: rate, warmUp, decay }),
  ...(pictureCache === undefined ? {} : { cacheBytes: pictureCache * MEBIBYTE }),
  ...(targetModel === undefined ? {} : { target: { model: targetModel, ...definedOf({ mix: targetMix }) } }),
  ...typed,
});

export const teacherChoices = ({ folder }: Shell, options: TrainCommandOptions): TeacherChoices => {
  const { runtime: _, device: __, validation, ...typed } = renamed(options);
  const { validationEvery, validationPictures, validationCrop, validationSamples, ...plain } = typed;
  const plan = {
    every: validationEvery,
    pictures: validationPictures,
    crop: validationCrop,
    samples: validationSamples,
  };
  return {
    ...plain,
    workingFolder: folder,
    ...(validation === undefined ? {} : { validation: { data: validation, ...definedOf(plan) } }),
  };
};

export const studentChoices = (shell: Shell, options: TrainStudentCommandOptions): StudentChoices => {
  const { distillation, score, adversarial, perceptual, fidelity, grid, target, ...typed } = options;
  return {
    ...teacherChoices(shell, typed),
    weights: definedOf({ distillation, score, adversarial, perceptual, fidelity, grid, target }),
  };
};
