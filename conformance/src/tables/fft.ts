/**
 * Maps Fourier transforms from PyTorch's names and arguments to Akari's. Complex tensors are recorded in the layout of
 * `torch.view_as_real`.
 */

import * as fourier from "@akari/fft";
import type { Tensor } from "@akari/tensor";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const {
  fft: forward,
  ifft,
  rfft,
  irfft,
  hfft,
  ihfft,
  fft2,
  ifft2,
  rfft2,
  irfft2,
  hfft2,
  ihfft2,
  fftn,
  ifftn,
  rfftn,
  irfftn,
  hfftn,
  ihfftn,
} = fourier;
const one = { fft: forward, ifft, rfft, irfft, hfft, ihfft };
const several = { fft2, ifft2, rfft2, irfft2, hfft2, ihfft2, fftn, ifftn, rfftn, irfftn, hfftn, ihfftn };

/** Returns entries for transforms under PyTorch's names. */
function transforms(
  of: Readonly<Record<string, (x: Tensor, options: never) => Tensor>>,
  length: string,
): Record<string, Call> {
  const calls = Object.entries(of).map(([name, transform]): [string, Call] => [
    `fft.${name}`,
    (given) => transform(given.x, given.options(length, "dim", "norm")),
  ]);
  return Object.fromEntries(calls);
}

/** Returns the entry of a window function, whose first argument is the length. */
const windowed = (make: (length: number, options?: never) => ReturnType<Call>, ...options: string[]): Call => {
  return (given) => make(given.number("window_length"), given.options("periodic", "dtype", ...options));
};

const frames = ["hop_length", "win_length", "window", "center", "normalized", "onesided"];
/** Returns the options of `stft` and `istft`, one of which is a tensor. */
function framed(given: Arguments, more: string): never {
  const window = given.optional("window");
  given.value("return_complex"); // complex results are always in the layout of `torch.view_as_real`
  const options = given.options(...frames.filter((name) => name !== "window"), more);
  return (window === null ? options : { ...(options as object), window }) as never; // safe: as `options` itself
}

/** Fourier transforms, windows and complex numbers. */
export const fft: Readonly<Record<string, Call>> = {
  ...transforms(one, "n"),
  ...transforms(several, "s"),
  "fft.fftfreq": (given) => fourier.fftfreq(given.number("n"), given.number("d", 1), given.options("dtype")),
  "fft.fftshift": (given) =>
    fourier.fftshift(given.x, { complex: false, ...(given.options("dim", "complex") as object) }),
  "fft.ifftshift": (given) =>
    fourier.ifftshift(given.x, { complex: false, ...(given.options("dim", "complex") as object) }),
  "fft.rfftfreq": (given) => fourier.rfftfreq(given.number("n"), given.number("d", 1), given.options("dtype")),
  bartlett_window: windowed(fourier.bartlettWindow),
  blackman_window: windowed(fourier.blackmanWindow),
  complex: (given) => fourier.complex(given.tensor("real"), given.tensor("imag")),
  "complex.abs": (given) => fourier.abs(given.x),
  "complex.angle": (given) => fourier.angle(given.x),
  "complex.conj": (given) => fourier.conj(given.x),
  "complex.mul": (given) => fourier.mul(given.x, given.tensor("other")),
  hamming_window: windowed(fourier.hammingWindow, "alpha", "beta"),
  hann_window: windowed(fourier.hannWindow),
  istft: (given) => fourier.istft(given.x, given.number("n_fft"), framed(given, "length")),
  kaiser_window: windowed(fourier.kaiserWindow, "beta"),
  polar: (given) => fourier.polar(given.tensor("abs"), given.tensor("angle")),
  stft: (given) => fourier.stft(given.x, given.number("n_fft"), framed(given, "pad_mode")),
};
