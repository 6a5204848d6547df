/** What a training is validated by while it runs. */

export interface ValidationPlan {
  /** Folder of photographs that are kept aside. */
  readonly data: string;
  /** Steps between validations; there is one at the first step's beginning and one at the end besides. */
  readonly every: number;
  /** How many photographs, spread evenly over the folder. */
  readonly pictures: number;
  /** Side of the crop from the middle of each, in pixels of the photograph. */
  readonly crop: number;
  /** How many of them are drawn into the sample picture. */
  readonly samples: number;
}

/** One pass through the network of a batch that is no larger than a training step's. */
export const VALIDATION_DEFAULTS: Omit<ValidationPlan, "data"> = {
  every: 500,
  pictures: 16,
  crop: 128,
  samples: 4,
};
