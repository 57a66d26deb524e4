/** The short-time Fourier transform, which shows the frequencies of a signal over time, and its inverse. */

import {
  checkInteger,
  col2im,
  expectBetween,
  expectRank,
  ones,
  type PadMode,
  settings,
  shapeError,
  shapeOf,
  type Tensor,
} from "@akari/tensor";
import { complex as toComplex } from "./complex.ts";
import { fft, irfft, rfft } from "./one.ts";

/** Options shared by `stft` and `istft`. To invert an `stft`, pass the same values to `istft`. */
export interface FrameOptions {
  /** Distance between the starts of neighboring frames. Default ⌊nFft / 4⌋. */
  readonly hopLength?: number;
  /**
   * Length of the window, at most `nFft`. A shorter window is centered in the frame and padded with zeros. Default
   * `nFft`.
   */
  readonly winLength?: number;
  /** Window that every frame is multiplied by, [winLength]. Default: ones. */
  readonly window?: Tensor;
  /** Whether frame t is centered at element `t · hopLength` of the signal, rather than starting there. Default true. */
  readonly center?: boolean;
  /** Whether to divide the transforms by √nFft. Default false. */
  readonly normalized?: boolean;
  /**
   * Whether to keep only the ⌊nFft / 2⌋ + 1 non-negative frequencies, which determine the others for a real signal.
   * `istft` reads no others in either case. Default true; in `istft`, false if there are `nFft` frequencies.
   */
  readonly onesided?: boolean;
}

/** Options of `stft`. */
export interface StftOptions extends FrameOptions {
  /** How the signal is padded by ⌊nFft / 2⌋ elements on both sides if `center` is true. Default `"reflect"`. */
  readonly padMode?: PadMode;
}

/** Options of `istft`. */
export interface IstftOptions extends FrameOptions {
  /** Length of the returned signal. Default: all that the frames cover. */
  readonly length?: number;
}

const shared = {
  hopLength: undefined,
  winLength: undefined,
  window: undefined,
  center: true,
  normalized: false,
  onesided: true,
};

/** Returns the hop length and the window padded to `nFft` elements, or null for a window of ones. */
function hopAndWindow(
  operation: string,
  nFft: number,
  options: Pick<FrameOptions, "hopLength" | "winLength" | "window">,
  like: Tensor,
): [hop: number, window: Tensor | null] {
  checkInteger(operation, "nFft", nFft, 1);
  const { window, winLength = nFft, hopLength = Math.floor(nFft / 4) } = options;
  checkInteger(operation, "winLength", winLength, 1, nFft);
  checkInteger(operation, "hopLength", hopLength, 1, operation === "istft" ? winLength : undefined);
  if (window !== undefined && (shapeOf(operation, window).length !== 1 || window.shape[0] !== winLength))
    throw shapeError(operation, `a window of shape [${winLength}]`, window);
  if (winLength === nFft) return [hopLength, window ?? null];
  const left = Math.floor((nFft - winLength) / 2);
  return [
    hopLength,
    (window ?? ones([winLength], { dtype: like.dtype, device: like.device })).pad([left, nFft - winLength - left]),
  ];
}

/**
 * Computes the short-time Fourier transform: the transforms of overlapping frames of `nFft` elements of a real signal,
 * one every `hopLength` elements. [T] → [⌊nFft/2⌋ + 1, frames, 2] and [B, T] → [B, ⌊nFft/2⌋ + 1, frames, 2]; with
 * `onesided: false` there are nFft frequencies.
 *
 * https://pytorch.org/docs/stable/generated/torch.stft.html
 *
 * @throws ShapeError for a signal shorter than a frame or too short for the padding, or a window of another length.
 * @throws ArgumentError when `nFft`, `winLength` or `hopLength` is out of range.
 * @example
 * const spectrogram = abs(stft(signal, 400, { hopLength: 160, window: hannWindow(400) }));
 */
export function stft(x: Tensor, nFft: number, options?: StftOptions): Tensor {
  const { center, padMode, normalized, onesided, ...others } = settings("stft", options, {
    ...shared,
    padMode: "reflect",
  });
  expectRank("stft", "signals [T] or [B, T]", x, 1, 2);
  const [hop, window] = hopAndWindow("stft", nFft, others, x);
  const half = Math.floor(nFft / 2);
  const least = { constant: 0, reflect: half + 1, replicate: 1, circular: half }[padMode];
  if (center && x.size(-1) < least)
    throw shapeError("stft", `signals of at least ${least} elements for ${padMode} padding`, x);
  const signal = center ? x.pad([half, half], { mode: padMode }) : x;
  if (signal.size(-1) < nFft) throw shapeError("stft", `signals of at least ${nFft} elements`, signal);
  const frames = signal.unfold(-1, nFft, hop);
  const weighted = window === null ? frames : frames.mul(window);
  const norm = normalized ? "ortho" : "backward";
  return (onesided ? rfft(weighted, { norm }) : fft(toComplex(weighted), { norm })).transpose(-3, -2);
}

/**
 * Computes the inverse of `stft`: [⌊nFft/2⌋ + 1, frames, 2] → [T], or with a batch dimension in front of both. The
 * inverse transforms of the frames are multiplied by the window again and added where they overlap, and the sum is
 * divided by that of the squared windows. This is the least-squares solution if no signal has exactly the given
 * transforms.
 *
 * https://pytorch.org/docs/stable/generated/torch.istft.html
 *
 * @throws ShapeError unless z has the shape that `stft` returns.
 * @throws ArgumentError when the squared windows add up to zero somewhere.
 * @throws ArgumentError when `nFft`, `winLength`, `hopLength` or `length` is out of range; unlike in `stft`,
 * `hopLength` is at most `winLength`.
 */
export function istft(z: Tensor, nFft: number, options?: IstftOptions): Tensor {
  const { center, normalized, length, ...others } = settings("istft", options, {
    ...shared,
    onesided: shapeOf("istft", z).at(-3) !== nFft,
    length: undefined,
  });
  const [hop, given] = hopAndWindow("istft", nFft, others, z);
  if (length !== undefined) checkInteger("istft", "length", length, 1);
  const count = others.onesided ? Math.floor(nFft / 2) + 1 : nFft;
  if ((z.ndim !== 3 && z.ndim !== 4) || z.size(-3) !== count || z.size(-1) !== 2)
    throw shapeError("istft", `transforms [${count}, frames, 2] or [B, ${count}, frames, 2]`, z);
  const norm = normalized ? "ortho" : "backward";
  const spectra = (z.ndim === 3 ? z.unsqueeze(0) : z).transpose(1, 2);
  const frames = irfft(spectra.narrow(2, 0, Math.floor(nFft / 2) + 1), { n: nFft, norm });
  const window = given ?? ones([nFft], { dtype: z.dtype, device: z.device });
  const number = frames.size(1);
  const whole = nFft + hop * (number - 1);
  const overlapAdd = (x: Tensor): Tensor =>
    col2im(x.transpose(1, 2), [1, whole], [1, nFft], { stride: [1, hop] }).view(-1, whole);
  const start = center ? Math.floor(nFft / 2) : 0;
  const end = length === undefined ? whole - start : Math.min(whole, start + length);
  if (end <= start) throw shapeError("istft", "frames that extend beyond the center of the first one", z);
  const cut = (x: Tensor): Tensor => overlapAdd(x).narrow(1, start, end - start);
  const weights = cut(window.square().expand(1, number, nFft));
  expectBetween(
    weights,
    1e-11,
    Number.POSITIVE_INFINITY,
    "istft: the squared windows add up to {} somewhere; choose a window and a hop that leave no gap",
  );
  const signal = cut(frames.mul(window))
    .div(weights)
    .pad([0, Math.max(0, (length ?? 0) - (end - start))]);
  return z.ndim === 3 ? signal.view(signal.size(-1)) : signal;
}
