/**
 * Cross-entropy of class indices as row programs: one pass from logits to losses, and one from the gradient of the
 * losses to that of the logits. Neither log-probabilities nor one-hot targets are stored. A row program has no access
 * to positions within its row, so they are an input: the numbers 0 to C - 1, created once per device and number of
 * classes.
 */

import {
  apply,
  applyAll,
  arange,
  type Backend,
  computeType,
  constant,
  type DType,
  expectBetween,
  type GradientContext,
  input,
  keep,
  once,
  type RowAttrs,
  RowOp,
  type RowProgram,
  row,
  rowProgram,
  rules,
  scalar,
  softmax,
  type Tensor,
} from "@akari/tensor";

/** Class indices as the target of logits, with the options of the loss. */
export interface ClassTarget {
  /** The class dimension of the logits. */
  readonly dim: number;
  /** Class indices, int32, in the logits' shape without the class dimension. */
  readonly target: Tensor;
  /** Factor of each class: [C]. */
  readonly weight: Tensor | null;
  /** Class index whose examples are ignored. */
  readonly ignored: number;
  /** Share of the target that is spread evenly over all classes. */
  readonly smoothing: number;
}

/**
 * Parameters that select the formulas: the dtypes of the logits and of the weight, if any, and whether labels are
 * smoothed.
 */
interface Variant {
  readonly dtype: DType;
  readonly weight: DType | null;
  readonly smoothed: boolean;
}

/** Operations of a variant. */
interface Operations {
  /** [x, target, positions, weight?] → losses, the indices to check and, with a weight, the factor of each target. */
  readonly losses: RowOp;
  /** [x, target, positions, weight?, g] → the gradient of x. */
  readonly backward: RowOp;
  /** [x, target, positions, weight?] → the weighted target distribution over the classes. */
  readonly desired: RowOp;
}

function operations({ dtype, weight, smoothed }: Variant): Operations {
  const compute = computeType(dtype);
  const x = input(0, dtype).cast(compute);
  const target = input(1, "int32");
  const factor = weight === null ? constant(1, compute) : input(3, weight).cast(compute);
  const g = input(weight === null ? 3 : 4, dtype).cast(compute);
  const [ignored, confidence, uniform] = [target.eq(scalar(0, "int32")), scalar(1, compute), scalar(2, compute)];
  const isTarget = input(2, "int32").eq(target);
  const desired = smoothed ? isTarget.where(confidence.add(uniform), uniform).mul(factor) : isTarget.where(factor, 0);

  const shifted = x.sub(row(0, compute));
  const [sum, dot, mass] = [row(1, compute), row(2, compute), row(3, compute)];
  const normalized: RowProgram["stages"] = [
    { reduce: "max", of: x },
    { reduce: "sum", of: shifted.exp() },
  ];
  const stages: RowProgram["stages"] = [
    ...normalized,
    // The logit of a class with target 0 may be infinite, and 0 · ∞ would be NaN.
    { reduce: "sum", of: smoothed ? desired.mul(shifted) : isTarget.where(factor.mul(shifted), 0) },
    { reduce: "sum", of: desired },
    ...(weight === null ? [] : [{ reduce: "sum", of: isTarget.where(factor, 0) } as const]),
  ];
  const rows = [mass.mul(sum.log()).sub(dot), target, ...(weight === null ? [] : [row(4, compute)])];
  const types = [dtype, "int32", compute] as const;
  const difference = shifted.exp().mul(row(2, compute).div(sum)).sub(desired);
  const made: Operations = {
    losses: new RowOp(
      "crossEntropy",
      rowProgram({ stages, rows: rows.map((e) => ignored.where(0, e)) }),
      types.slice(0, rows.length),
      {
        reads: () => ({ inputs: weight === null ? [0, 1, 2] : [0, 1, 2, 3] }),
        compute: ([gradient], context) =>
          context.needs.map((need, i) => (i === 0 && need && gradient ? ofLogits(made, gradient, context) : null)),
      },
    ),
    backward: new RowOp(
      "crossEntropyBackward",
      rowProgram({
        stages: [...normalized, { reduce: "sum", of: desired }],
        elements: [ignored.where(0, g.mul(difference))],
      }),
      [dtype],
      null,
    ),
    desired: new RowOp(
      "crossEntropy",
      rowProgram({ stages: [], elements: [ignored.where(0, desired)] }),
      [compute],
      null,
    ),
  };
  return made;
}

/** Computes the gradient of the logits. */
function ofLogits({ backward, desired }: Operations, g: Tensor, context: GradientContext<RowAttrs>): Tensor {
  const { attrs } = context;
  const [dim] = attrs.dims as [number]; // safe: the class dimension is the only one
  const operands = context.inputs.map((_, i) => context.input(i));
  const along = g.unsqueeze(dim);
  if (!context.recording) return apply(backward, [...operands, along], attrs);
  const desiredDistribution = apply(desired, operands, attrs);
  const probabilities = softmax(operands[0] as Tensor, dim); // safe: the logits are the first operand
  return along.mul(probabilities.mul(desiredDistribution.sum(dim, { keepdim: true })).sub(desiredDistribution));
}

const made = new Map<string, Operations>();
const positions = new WeakMap<Backend, Map<number, Tensor>>();

/** Returns the numbers 0 to `count` - 1. */
function positionsFor(device: Backend, count: number): Tensor {
  const known = once(positions, device, () => new Map<number, Tensor>());
  return once(known, count, () => keep(arange(count, { dtype: "int32", device })));
}

/** Computes the losses of class indices, and with a weight the factors by whose sum a mean divides. */
export function classLosses(
  logits: Tensor,
  { dim, target, weight, ignored, smoothing }: ClassTarget,
): { losses: Tensor; factors: Tensor | null } {
  const variant: Variant = { dtype: logits.dtype, weight: weight?.dtype ?? null, smoothed: smoothing > 0 };
  const ops = once(made, Object.values(variant).join(), () => operations(variant));
  const count = logits.shape[dim] as number;
  const trailing = logits.ndim - dim - 1;
  const spread = (x: Tensor): Tensor =>
    trailing === 0 ? x : x.reshape([count, ...new Array<number>(trailing).fill(1)]);
  const operands = [
    logits,
    target.unsqueeze(dim),
    spread(positionsFor(logits.device, count)),
    ...(weight === null ? [] : [spread(weight)]),
  ];
  const scalars = [ignored, 1 - smoothing, smoothing / count];
  const [losses, indices, factors] = applyAll(ops.losses, operands, { dims: [dim], keepdim: false, scalars });
  const found = indices as Tensor; // safe: there are at least two outputs
  expectBetween(found, 0, count - 1, `crossEntropy: class {} is out of range for an input with ${count} classes`, {
    error: "IndexError",
  });
  found.dispose();
  return { losses: losses as Tensor, factors: factors ?? null };
}

const means = new Map<string, RowOp>();

/**
 * Computes the mean of losses: over the targets that are not ignored, or with factors the sum divided by the sum of the
 * factors.
 */
export function classMean(losses: Tensor, target: Tensor, factors: Tensor | null, ignored: number): Tensor {
  const { dtype } = losses;
  const op = once(means, `${dtype} ${factors?.dtype}`, () => {
    const compute = computeType(dtype);
    const counted = factors === null ? input(1, "int32").ne(scalar(0, "int32")) : input(1, factors.dtype);
    const program = rowProgram({
      stages: [
        { reduce: "sum", of: input(0, dtype).cast(compute) },
        { reduce: "sum", of: counted.cast(compute) },
      ],
      rows: [row(0, compute).div(row(1, compute)), row(1, compute)],
    });
    const rule = rules<RowAttrs>(
      { outputs: [1], of: (g, { inputs, output }) => g.div(output(1)).expand((inputs[0] as Tensor).shape) },
      null,
    );
    return new RowOp("nllLoss", program, [dtype, compute], rule);
  });
  return apply(op, [losses, factors ?? target], {
    dims: losses.shape.map((_, i) => i),
    keepdim: false,
    scalars: [ignored],
  });
}
