/** The format of a file of weights that is to be written. */
export type WeightFormat = "safetensors" | "pytorch-zip";

/** By the end of a file's name. */
const FORMATS: Readonly<Record<string, WeightFormat>> = {
  safetensors: "safetensors",
  pth: "pytorch-zip",
  pt: "pytorch-zip",
};

/** The format that a file's name or path tells: .safetensors, .pth or .pt. Null if it tells none. */
export const weightFormatOf = (name: string): WeightFormat | null => {
  const [, ending = ""] = /[^/\\]\.([^./\\]+)$/.exec(name) ?? [];
  return FORMATS[ending.toLowerCase()] ?? null;
};
