import { besselJ1 } from "./bessel.ts";
import { type Kernel, kernelOf } from "./kernel.ts";

/**
 * The circular low pass, cut to `side` pixels. It rings as sharpening and resizing do: omega J_1(omega r) / (2 pi r),
 * and omega^2 / (4 pi) in the middle, then scaled to sum 1 (Real-ESRGAN, Eq 6).
 * `cutOff` is omega as a share of pi, above 0 and at most 1. pi is the highest frequency that a picture's rows can
 * hold.
 */
export const sincKernel = (side: number, cutOff: number): Kernel => {
  const omega = cutOff * Math.PI;
  return kernelOf(side, (x, y) => {
    const r = Math.sqrt(x * x + y * y);
    return r === 0 ? (omega * omega) / (4 * Math.PI) : (omega * besselJ1(omega * r)) / (2 * Math.PI * r);
  });
};
