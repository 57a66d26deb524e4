/** Fourier transforms: PyTorch's names and arguments to Akari's. Complex tensors are recorded as `torch.view_as_real` shows them. */

import * as fourier from "@akari/fft";
import type { Arguments } from "../arguments.ts";
import type { Call } from "../op-case.ts";

const one = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"] as const;
const several = one.flatMap((name) => [`${name}2`, `${name}n`] as const);

/** The options of a window; its length is the argument in front. */
const windowed = (make: (length: number, options?: never) => ReturnType<Call>, ...options: string[]): Call => {
  return (given) => make(given.number("window_length"), given.options("periodic", "dtype", ...options));
};

const frames = ["hop_length", "win_length", "window", "center", "normalized", "onesided"];
/** The options of `stft`, among them a tensor. */
function framed(given: Arguments, more: string): never {
  const window = given.optional("window");
  const options = given.options(...frames.filter((name) => name !== "window"), more);
  return (window === null ? options : { ...(options as object), window }) as never; // safe: as `options` itself
}

/** Fourier transforms, windows and complex numbers. */
export const fft: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(
    one.map((name): [string, Call] => [`fft.${name}`, (given) => fourier[name](given.x, given.options("n", "dim", "norm"))]),
  ),
  ...Object.fromEntries(
    several.map((name): [string, Call] => [`fft.${name}`, (given) => fourier[name](given.x, given.options("s", "dim", "norm"))]),
  ),
  "fft.fftfreq": (given) => fourier.fftfreq(given.number("n"), given.number("d", 1), given.options("dtype")),
  "fft.fftshift": (given) => fourier.fftshift(given.x, { complex: false, ...(given.options("dim") as object) }),
  "fft.ifftshift": (given) => fourier.ifftshift(given.x, { complex: false, ...(given.options("dim") as object) }),
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
