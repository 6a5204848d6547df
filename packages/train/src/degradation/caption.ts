/** A drawn degradation in a few words, one line for each of its stages. */
import type { DrawnDegradation, KernelParameters, NoiseParameters, RoundParameters } from "./draw.ts";

const short = (value: number): string => String(Number(value.toPrecision(2)));

const SHAPES: Readonly<Record<KernelParameters["shape"], string>> = {
  isotropic: "gauss",
  anisotropic: "gauss",
  generalisedIsotropic: "gen",
  generalisedAnisotropic: "gen",
  plateauIsotropic: "plateau",
  plateauAnisotropic: "plateau",
  sinc: "sinc",
};

const kernelWords = (kernel: KernelParameters | null): string => {
  if (kernel === null) return "no blur";
  if (kernel.shape === "sinc") return `sinc ${short(kernel.cutOff)}`;
  const { shape, sigmaAlong, sigmaAcross, beta } = kernel;
  const sigma = sigmaAlong === sigmaAcross ? short(sigmaAlong) : `${short(sigmaAlong)}/${short(sigmaAcross)}`;
  return `${SHAPES[shape]} ${sigma}${beta === 1 ? "" : ` β${short(beta)}`}`;
};

const noiseWords = (noise: NoiseParameters | null): string => {
  if (noise === null) return "no noise";
  const level =
    noise.kind === "gaussian" ? `noise ${short(255 * noise.sigma)}` : `Poisson ${short(noise.scale)}`;
  return noise.grey ? `${level} grey` : level;
};

const jpegWords = (quality: number | null): string => (quality === null ? "no JPEG" : `JPEG ${quality}`);

const roundWords = ({ blur, resize }: RoundParameters): string =>
  `${kernelWords(blur)}, ×${short(resize.factor)} ${resize.filter}`;

/** At most four lines. */
export const degradationWords = (drawn: DrawnDegradation): readonly string[] => {
  switch (drawn.kind) {
    case "bicubic":
      return ["bicubic"];
    case "light": {
      const { blur, intermediate, noise, firstJpeg, finalFilter, secondJpeg } = drawn;
      if (intermediate === null) return ["bicubic"];
      const sigma = blur === null ? "no blur" : `gauss ${short(blur.sigmaAlong)}/${short(blur.sigmaAcross)}`;
      const added = noise === null ? null : ({ kind: "gaussian", ...noise } as const);
      return [
        `${sigma}, ×${short(intermediate.scale)} ${intermediate.filter}`,
        `${noiseWords(added)}, ${jpegWords(firstJpeg)}`,
        `end: ${finalFilter}, ${jpegWords(secondJpeg)}`,
      ];
    }
    case "full": {
      const { first, second, end } = drawn;
      const resized = end.sinc === null ? end.filter : `${end.filter}, ${kernelWords(end.sinc)}`;
      const words = end.jpegLast
        ? `${resized}, ${jpegWords(end.jpeg)}`
        : `${jpegWords(end.jpeg)}, ${resized}`;
      return [
        roundWords(first),
        `${noiseWords(first.noise)}, ${jpegWords(first.jpeg)}`,
        ...(second === null ? [] : [`${roundWords(second)}, ${noiseWords(second.noise)}`]),
        `end: ${words}${drawn.grey ? ", without colour" : ""}`,
      ];
    }
  }
};
