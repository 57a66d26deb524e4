/**
 * Fourier transforms with the names of PyTorch's `torch.fft`, of any length and along any dimensions, with gradients;
 * also `stft`, `istft` and window functions. A complex tensor is a real one whose last dimension, of size 2, holds the
 * real and imaginary parts, the layout of `torch.view_as_real`; `complex` makes one.
 *
 * @packageDocumentation
 */

export type { Norm } from "./along.ts";
export { abs, angle, complex, conj, imag, mul, polar, real } from "./complex.ts";
export { fftfreq, fftshift, ifftshift, rfftfreq, type ShiftOptions } from "./frequencies.ts";
export { type FftOptions, fft, hfft, ifft, ihfft, irfft, rfft } from "./one.ts";
export {
  type FftnOptions,
  fft2,
  fftn,
  hfft2,
  hfftn,
  ifft2,
  ifftn,
  ihfft2,
  ihfftn,
  irfft2,
  irfftn,
  rfft2,
  rfftn,
} from "./several.ts";
export { type FrameOptions, type IstftOptions, istft, type StftOptions, stft } from "./stft.ts";
export {
  bartlettWindow,
  blackmanWindow,
  type HammingOptions,
  hammingWindow,
  hannWindow,
  type KaiserOptions,
  kaiserWindow,
  type WindowOptions,
} from "./windows.ts";
