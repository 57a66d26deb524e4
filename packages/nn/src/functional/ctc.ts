/**
 * Connectionist temporal classification: the likelihood of a short label sequence under a longer sequence of
 * predictions, summed over all alignments. The forward recursion consists of differentiable operations, a few kernels
 * per step.
 */

import {
  arange,
  DTypeError,
  expectBetween,
  expectTensor,
  full,
  isFloating,
  logaddexp,
  pad,
  pointwise,
  refuse,
  settings,
  shapeError,
  shapeOf,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { checkReduction, type LossOptions, lossDefaults, reduce } from "./reduction.ts";

/** Options of `ctcLoss`. */
export interface CtcOptions extends LossOptions {
  /** Index of the blank label. Default 0. */
  readonly blank?: number;
  /**
   * Whether the loss of targets that cannot be aligned with the predictions is 0 instead of infinite. Default false.
   */
  readonly zeroInfinity?: boolean;
}

/** Log-likelihood of an impossible alignment: very low but finite, so that no gradient is NaN. */
const impossible = -1e30;

const logSumExp = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "ctcLoss",
  (stay, next, jump, barrier) => {
    const skip = jump.add(barrier);
    const largest = stay.max(next).max(skip);
    const total = [stay, next, skip].map((x) => x.sub(largest).exp()).reduce((a, b) => a.add(b));
    return largest.add(total.log());
  },
);

// Keeps the state of a sequence that has ended. Separate from the sum above, so that each backward kernel binds few
// enough buffers for any GPU.
const advance = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "ctcLoss",
  (state, total, emission, running) => running.where(total.add(emission), state),
  { apart: [3] },
);

/**
 * Checks the sequence lengths, each from 0 to `most`, and returns them as an int32 tensor [N] on the device of `like`.
 */
function lengthsOf(name: string, lengths: Tensor | readonly number[], most: number, like: Tensor): Tensor {
  const batch = like.shape[1];
  const { device } = like;
  if (Array.isArray(lengths)) {
    if (lengths.length !== batch || !lengths.every((n) => Number.isInteger(n) && n >= 0 && n <= most))
      refuse("ctcLoss", name, lengths, `be ${batch} integers from 0 to ${most}`);
    return tensor(lengths as readonly number[], { dtype: "int32", device });
  }
  const given = lengths as Tensor; // safe: it is not an array
  expectTensor("ctcLoss", given, `a tensor or an array of ${name}`);
  if (isFloating(given.dtype) || given.dtype === "bool")
    throw new DTypeError(`ctcLoss: ${name} must be integers, got ${given.dtype}`);
  if (given.numel() !== batch) throw shapeError("ctcLoss", `${name} [${batch}]`, given);
  expectBetween(given, 0, most, `ctcLoss: ${name} must be from 0 to ${most}, got {}`);
  return given.reshape([-1]).to("int32").to(device);
}

/**
 * Returns targets as [N, S]. Concatenated targets are split by their lengths, which have to be read from the device.
 */
function padded(targets: Tensor, lengths: Tensor | readonly number[]): Tensor {
  if (targets.ndim === 2) return targets;
  const list = Array.isArray(lengths)
    ? (lengths as readonly number[])
    : ([(lengths as Tensor).toArraySync()].flat() as number[]); // safe: one dimension at most
  const width = Math.max(1, ...list);
  let start = 0;
  return stack(
    list.map((length) => {
      const labels = targets.narrow(0, start, length);
      start += length;
      return pad(labels, [0, width - length]);
    }),
  );
}

/**
 * Computes `-log p(targets | predictions)` of log-probabilities [T, N, C] or [T, C] for targets [N, S], or
 * [sum(targetLengths)] when concatenated. The lengths of the predictions and targets are numbers, or an integer tensor
 * [N]. The mean divides each loss by its target length first.
 *
 * The gradient is that of the formula with respect to the log-probabilities. PyTorch's gradient has an additional term,
 * which vanishes in the backward pass of `logSoftmax`.
 *
 * Graves et al. 2006, "Connectionist temporal classification"
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
 *
 * @throws ShapeError when the shapes of predictions, targets and lengths do not match.
 * @throws DTypeError when targets or lengths are not integers.
 * @throws ArgumentError when `blank` or a length is out of range.
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Tensor | readonly number[],
  targetLengths: Tensor | readonly number[],
  options?: CtcOptions,
): Tensor {
  const { blank, zeroInfinity, reduction } = settings("ctcLoss", options, {
    blank: 0,
    zeroInfinity: false,
    ...lossDefaults,
  });
  checkReduction("ctcLoss", reduction);
  expectTensor("ctcLoss", targets);
  if (shapeOf("ctcLoss", logProbs).length === 2) {
    const batch = ctcLoss(logProbs.unsqueeze(1), targets.reshape([1, -1]), inputLengths, targetLengths, options);
    return reduction === "none" ? batch.squeeze(0) : batch;
  }
  const [steps, batch, classes] = logProbs.shape;
  if (steps === undefined || batch === undefined || classes === undefined || logProbs.ndim !== 3)
    throw shapeError("ctcLoss", "log-probabilities [T, N, C] or [T, C]", logProbs);
  if (isFloating(targets.dtype)) throw new DTypeError(`ctcLoss: targets must be integers, got ${targets.dtype}`);
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    refuse("ctcLoss", "blank", blank, `be one of the ${classes} classes`);
  const most = targets.ndim === 2 ? (targets.shape[1] as number) : targets.numel();
  const spans = lengthsOf("inputLengths", inputLengths, steps, logProbs);
  const counts = lengthsOf("targetLengths", targetLengths, most, logProbs);
  const labels = padded(targets.to("int32"), targetLengths);
  if (labels.shape[0] !== batch) throw shapeError("ctcLoss", `targets of ${batch} sequences`, targets);
  const losses = likelihoods(logProbs, labels, spans, counts, blank).neg();
  const infinite = losses.gt(-impossible / 2);
  const final = losses.maskedFill(infinite, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  if (reduction !== "mean") return reduce("ctcLoss", final, reduction);
  return final.div(counts.clamp(1).to(final.dtype)).mean();
}

/** Computes the log-likelihoods: [N]. */
function likelihoods(logProbs: Tensor, labels: Tensor, spans: Tensor, counts: Tensor, blank: number): Tensor {
  const { device, dtype } = logProbs;
  const [steps = 0, batch = 0] = logProbs.shape;
  // A blank before, between and after the labels.
  const blanks = full([...labels.shape, 1], blank, { dtype: "int32", device });
  const places = pad(stack([blanks.squeeze(-1), labels], -1).flatten(1), [0, 1], { value: blank });
  const width = places.shape[1] as number;
  const emissions = logProbs.gather(2, places.unsqueeze(0).expand([steps, batch, width]));
  // A label may directly follow the previous one without a blank, unless the two are equal.
  const previous = pad(places, [2, 0], { value: blank }).narrow(1, 0, width);
  const barrier = places.eq(blank).logicalOr(places.eq(previous)).to(dtype).mul(impossible);
  const beginning = Math.min(2, width);
  let state = zeros([batch, width], { dtype, device }).add(impossible);
  if (steps > 0)
    state = pad(emissions.select(0, 0).narrow(1, 0, beginning), [0, width - beginning], { value: impossible });
  const running = spans.gt(arange(steps, { device }).unsqueeze(1)).unsqueeze(2);
  for (let t = 1; t < steps; t++) {
    const before = pad(state, [2, 0], { value: impossible });
    const [skip, next] = [0, 1].map((by) => before.narrow(1, by, width)) as [Tensor, Tensor];
    const total = logSumExp(state, next, skip, barrier);
    state = advance(state, total, emissions.select(0, t), running.select(0, t));
  }
  // A path ends with the last label or with the blank after it. Without labels, only the blank remains.
  const last = stack([counts.mul(2), counts.mul(2).sub(1).clamp(0)], 1);
  const ends = state.gather(1, last);
  const empty = counts.eq(0);
  const found = logaddexp(ends.select(1, 0), ends.select(1, 1).maskedFill(empty, impossible));
  // Without predictions, an empty target is certain and any other is impossible.
  const silent = spans.eq(0);
  return found.maskedFill(silent.logicalAnd(empty), 0).maskedFill(silent.logicalAnd(empty.logicalNot()), impossible);
}
