/**
 * Connectionist temporal classification: the likelihood of a short sequence of labels under a long sequence of
 * predictions, over all ways to spread the labels out. The forward recursion is made of differentiable operations, a
 * few kernels a step.
 */

import {
  ArgumentError,
  DTypeError,
  expectBetween,
  full,
  isFloating,
  logaddexp,
  pad,
  pointwise,
  ShapeError,
  settings,
  shapeError,
  showShape,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "@akari/tensor";
import { checkReduction, type LossOptions, lossDefaults, reduce } from "./reduction.ts";

/** Options of `ctcLoss`. */
export interface CtcOptions extends LossOptions {
  /** The class that stands for no label. Default 0. */
  readonly blank?: number;
  /**
   * Whether the loss of labels that cannot be spread over the predictions is zero instead of infinite. Default false.
   */
  readonly zeroInfinity?: boolean;
}

/** Logarithm of the likelihood of what is impossible: low enough, and still a number, so that no gradient is NaN. */
const impossible = -1e30;

const together = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor]>("ctcLoss", (stay, next, skip) => {
  const largest = stay.max(next).max(skip);
  const total = [stay, next, skip].map((x) => x.sub(largest).exp()).reduce((a, b) => a.add(b));
  return largest.add(total.log());
});

// A sequence that is over keeps its state. Apart from the sum above, so that the backward kernels bind few enough
// buffers for any GPU.
const advance = /* @__PURE__ */ pointwise<[Tensor, Tensor, Tensor, Tensor]>(
  "ctcLoss",
  (state, total, emission, running) => running.where(total.add(emission), state),
  { apart: [3] },
);

/** Lengths of the sequences of a batch, each from 0 to `most`, as an int32 tensor [N] beside `like`. */
function lengthsOf(name: string, lengths: Tensor | readonly number[], most: number, like: Tensor): Tensor {
  const batch = like.shape[1];
  const { device } = like;
  if (Array.isArray(lengths)) {
    if (lengths.length !== batch || !lengths.every((n) => Number.isInteger(n) && n >= 0 && n <= most))
      throw new ArgumentError(
        `ctcLoss: ${name} must be ${batch} whole numbers from 0 to ${most}, got [${lengths.join(", ")}]`,
      );
    return tensor(lengths as readonly number[], { dtype: "int32", device });
  }
  const given = lengths as Tensor; // safe: no list
  if (isFloating(given.dtype) || given.dtype === "bool")
    throw new DTypeError(`ctcLoss: ${name} must be integers, got ${given.dtype}`);
  if (given.numel() !== batch)
    throw new ShapeError(`ctcLoss: ${name} must be ${batch} numbers, got shape ${showShape(given.shape)}`);
  expectBetween(given, 0, most, `ctcLoss: ${name} must be from 0 to ${most}, got {}`);
  return given.reshape([-1]).to("int32").to(device);
}

/**
 * Targets as [N, S], whether they come so or one behind the other. Where each begins depends on the lengths, which are
 * then read at once.
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
 * `-log p(targets | predictions)`: log-probabilities [T, N, C] (or [T, C]), targets [N, S] (or all of them one behind
 * the other), and how many predictions and labels of each sequence count: numbers, or an integer tensor [N]. The mean
 * divides each loss by its number of labels first.
 *
 * The gradient is that of the formula by the log-probabilities themselves. PyTorch adds what passing through
 * `logSoftmax` takes away again.
 *
 * Graves et al. 2006, "Connectionist temporal classification"
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html
 *
 * @throws ShapeError, DTypeError, ArgumentError for inputs that do not fit each other.
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
  if (logProbs.ndim === 2) {
    const batch = ctcLoss(logProbs.unsqueeze(1), targets.reshape([1, -1]), inputLengths, targetLengths, options);
    return reduction === "none" ? batch.squeeze(0) : batch;
  }
  const [steps, batch, classes] = logProbs.shape;
  if (steps === undefined || batch === undefined || classes === undefined || logProbs.ndim !== 3)
    throw shapeError("ctcLoss", "log-probabilities [T, N, C] or [T, C]", logProbs);
  if (isFloating(targets.dtype)) throw new DTypeError(`ctcLoss: targets must be integers, got ${targets.dtype}`);
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    throw new ArgumentError(`ctcLoss: blank must be one of the ${classes} classes, got ${blank}`);
  const most = targets.ndim === 2 ? (targets.shape[1] as number) : targets.numel();
  const spans = lengthsOf("inputLengths", inputLengths, steps, logProbs);
  const counts = lengthsOf("targetLengths", targetLengths, most, logProbs);
  const labels = padded(targets.to("int32"), targetLengths);
  if (labels.shape[0] !== batch)
    throw new ShapeError(
      `ctcLoss: ${batch} sequences of predictions do not go with targets of shape ${showShape(targets.shape)}`,
    );
  const losses = likelihoods(logProbs, labels, spans, counts, blank).neg();
  const infinite = losses.gt(-impossible / 2);
  const final = losses.maskedFill(infinite, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  if (reduction !== "mean") return reduce("ctcLoss", final, reduction);
  return final.div(counts.clamp(1).to(final.dtype)).mean();
}

/** The logarithms of the likelihoods: [N]. */
function likelihoods(logProbs: Tensor, labels: Tensor, spans: Tensor, counts: Tensor, blank: number): Tensor {
  const { device, dtype } = logProbs;
  const [steps = 0, batch = 0] = logProbs.shape;
  // A blank before, between and behind the labels.
  const blanks = full([...labels.shape, 1], blank, { dtype: "int32", device });
  const places = pad(stack([blanks.squeeze(-1), labels], -1).flatten(1), [0, 1], { value: blank });
  const width = places.shape[1] as number;
  const emissions = logProbs.gather(2, places.unsqueeze(0).expand([steps, batch, width]));
  // A label may follow the label before it without a blank between them, unless they are the same.
  const before = pad(places, [2, 0], { value: blank }).narrow(1, 0, width);
  const barrier = places.eq(blank).logicalOr(places.eq(before)).to(dtype).mul(impossible);
  const shifted = (x: Tensor, by: number): Tensor => pad(x, [by, 0], { value: impossible }).narrow(1, 0, width);
  const beginning = Math.min(2, width);
  let state = zeros([batch, width], { dtype, device }).add(impossible);
  if (steps > 0)
    state = pad(emissions.select(0, 0).narrow(1, 0, beginning), [0, width - beginning], { value: impossible });
  for (let t = 1; t < steps; t++) {
    const running = spans.gt(t).unsqueeze(1);
    const total = together(state, shifted(state, 1), shifted(state, 2).add(barrier));
    state = advance(state, total, emissions.select(0, t), running);
  }
  // The last label or the blank behind it; without labels there is the blank alone.
  const last = stack([counts.mul(2), counts.mul(2).sub(1).clamp(0)], 1);
  const [ending, label] = [state.gather(1, last).select(1, 0), state.gather(1, last).select(1, 1)];
  const empty = counts.eq(0);
  const found = logaddexp(ending, label.maskedFill(empty, impossible));
  // No predictions at all: certain without labels, impossible with some.
  const silent = spans.eq(0);
  return found.maskedFill(silent.logicalAnd(empty), 0).maskedFill(silent.logicalAnd(empty.logicalNot()), impossible);
}
