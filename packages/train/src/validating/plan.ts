/** How a training is validated while it runs. */

export interface ValidationPlan {
  /** Folder of photographs that are not trained on. */
  readonly data: string;
  /** Steps between validations. There are two more: before the first step and at the end. */
  readonly every: number;
  /** The number of photographs, spread evenly over the folder. */
  readonly pictures: number;
  /** Side of the crop from the middle of each, in pixels of the photograph. */
  readonly crop: number;
  /** The number of them that the sample picture shows. */
  readonly samples: number;
}

/** With these, a validation is one pass of a batch that is no larger than a training step's. */
export const VALIDATION_DEFAULTS: Omit<ValidationPlan, "data"> = {
  every: 500,
  pictures: 16,
  crop: 128,
  samples: 4,
};
