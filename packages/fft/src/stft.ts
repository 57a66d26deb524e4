/**
 * The transforms of the pieces of a signal, which show its frequencies over time, and the signal that has given ones.
 */

import {
  checkInteger,
  col2im,
  expectBetween,
  ones,
  type PadMode,
  settings,
  shapeError,
  type Tensor,
} from "@akari/tensor";
import { complex as toComplex } from "./complex.ts";
import { fft, irfft, rfft } from "./one.ts";

/** Options that `stft` and `istft` share: what is said to one has to be said to the other. */
export interface FrameOptions {
  /** How far a piece begins behind the one before. Default: a quarter of `nFft`. */
  readonly hopLength?: number;
  /** How long the window is, which stands in the middle of a piece. Default: `nFft`. */
  readonly winLength?: number;
  /** What pieces are multiplied by, [winLength]. Default: ones. */
  readonly window?: Tensor;
  /** Whether piece t has its middle, rather than its beginning, at element `t · hopLength`. Default true. */
  readonly center?: boolean;
  /** Whether transforms are divided by the square root of `nFft`. Default false. */
  readonly normalized?: boolean;
  /**
   * Whether only the frequencies from zero up are there; of real signals the others follow from them, and `istft` looks
   * at no others. Default true.
   */
  readonly onesided?: boolean;
}

/** Options of `stft`. */
export interface StftOptions extends FrameOptions {
  /**
   * How the signal goes on before its beginning and behind its end, for the pieces in whose middle these are. Default
   * `"reflect"`.
   */
  readonly padMode?: PadMode;
}

/** Options of `istft`. */
export interface IstftOptions extends FrameOptions {
  /** The length of the signal. Default: what the pieces cover. */
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

/** The length of a hop, and the window for a whole piece: null where it is all ones. */
function frames(
  operation: string,
  nFft: number,
  options: Pick<FrameOptions, "hopLength" | "winLength" | "window">,
  like: Tensor,
): [hop: number, window: Tensor | null] {
  checkInteger(operation, "nFft", nFft, 1);
  const { window, winLength = nFft, hopLength = Math.floor(nFft / 4) } = options;
  checkInteger(operation, "winLength", winLength, 1, nFft);
  checkInteger(operation, "hopLength", hopLength, 1, operation === "istft" ? winLength : undefined);
  if (window !== undefined && (window.ndim !== 1 || window.shape[0] !== winLength))
    throw shapeError(operation, `a window [winLength], and that is ${winLength}`, window);
  if (winLength === nFft) return [hopLength, window ?? null];
  const left = Math.floor((nFft - winLength) / 2);
  return [
    hopLength,
    (window ?? ones([winLength], { dtype: like.dtype, device: like.device })).pad([left, nFft - winLength - left]),
  ];
}

/**
 * The Fourier transforms of the pieces of `nFft` elements of real signals, one every `hopLength`: [T] or [B, T] →
 * [⌊nFft/2⌋ + 1, pieces, 2], with the batch in front.
 *
 * https://pytorch.org/docs/stable/generated/torch.stft.html
 *
 * @throws ShapeError for signals that are shorter than a piece.
 * @example
 * const spectrogram = abs(stft(signal, 400, { hopLength: 160, window: hannWindow(400) }));
 */
export function stft(x: Tensor, nFft: number, options?: StftOptions): Tensor {
  const { center, padMode, normalized, onesided, ...others } = settings("stft", options, {
    ...shared,
    padMode: "reflect",
  });
  if (x.ndim !== 1 && x.ndim !== 2) throw shapeError("stft", "signals [T] or [B, T]", x);
  const [hop, window] = frames("stft", nFft, others, x);
  const half = Math.floor(nFft / 2);
  const signal = center ? x.pad([half, half], { mode: padMode }) : x;
  if (signal.size(-1) < nFft) throw shapeError("stft", `signals of at least ${nFft} elements`, signal);
  const pieces = signal.unfold(-1, nFft, hop);
  const weighted = window === null ? pieces : pieces.mul(window);
  const norm = normalized ? "ortho" : "backward";
  return (onesided ? rfft(weighted, { norm }) : fft(toComplex(weighted), { norm })).transpose(-3, -2);
}

/**
 * The real signals whose pieces have given transforms, as far as there are such, else those that come closest:
 * [⌊nFft/2⌋ + 1, pieces, 2] → [T], with the batch in front. The pieces are multiplied by the window once more and
 * added, and the sum divided by that of the squares of the windows.
 *
 * https://pytorch.org/docs/stable/generated/torch.istft.html
 *
 * @throws ArgumentError when the squares of the windows add up to nothing somewhere.
 */
export function istft(z: Tensor, nFft: number, options?: IstftOptions): Tensor {
  const { center, normalized, onesided, length, ...others } = settings("istft", options, {
    ...shared,
    length: undefined,
  });
  const [hop, given] = frames("istft", nFft, others, z);
  const count = onesided ? Math.floor(nFft / 2) + 1 : nFft;
  if ((z.ndim !== 3 && z.ndim !== 4) || z.size(-3) !== count || z.size(-1) !== 2)
    throw shapeError("istft", `transforms [${count}, pieces, 2], with or without a batch in front`, z);
  const norm = normalized ? "ortho" : "backward";
  const spectra = (z.ndim === 3 ? z.unsqueeze(0) : z).transpose(1, 2);
  const pieces = irfft(spectra.narrow(2, 0, Math.floor(nFft / 2) + 1), { n: nFft, norm });
  const window = given ?? ones([nFft], { dtype: z.dtype, device: z.device });
  const number = pieces.size(1);
  const whole = nFft + hop * (number - 1);
  const added = (x: Tensor): Tensor =>
    col2im(x.transpose(1, 2), [1, whole], [1, nFft], { stride: [1, hop] }).view(-1, whole);
  const start = center ? Math.floor(nFft / 2) : 0;
  const end = length === undefined ? whole - start : Math.min(whole, start + length);
  if (end <= start) throw shapeError("istft", "pieces that reach beyond the middle of the first one", z);
  const cut = (x: Tensor): Tensor => added(x).narrow(1, start, end - start);
  const weights = cut(window.square().expand(1, number, nFft));
  expectBetween(
    weights,
    1e-11,
    Number.POSITIVE_INFINITY,
    "istft: the squares of the windows add up to {} somewhere; take a window or a hop that leaves no gap",
  );
  const signal = cut(pieces.mul(window))
    .div(weights)
    .pad([0, Math.max(0, (length ?? 0) - (end - start))]);
  return z.ndim === 3 ? signal.view(signal.size(-1)) : signal;
}
