/**
 * The cross-entropy of class indices as row programs: one pass from logits to losses, and one from the losses' gradient
 * to the logits'. Neither logarithms nor the target as probabilities are ever stored. A row program knows no positions
 * within its row, so these are an input: the numbers 0 to C - 1, made once for each device and number of classes.
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

/** Class indices as the target of logits. */
export interface ClassTarget {
  /** The dimension of the logits that holds the classes. */
  readonly dim: number;
  /** int32, in the logits' shape without that dimension. */
  readonly target: Tensor;
  /** A factor for each class: [C]. */
  readonly weight: Tensor | null;
  /** The class that counts for nothing. */
  readonly ignored: number;
  /** How much of the target is spread evenly over all classes. */
  readonly smoothing: number;
}

/**
 * What decides the formulas: the dtypes of the logits and of the weight, if there is one, and whether the target is
 * smoothed.
 */
interface Variant {
  readonly dtype: DType;
  readonly weight: DType | null;
  readonly smoothed: boolean;
}

/** The operations of a variant. */
interface Operations {
  /** [x, target, positions, weight?] → losses, the indices to be checked and, with a weight, the targets' factors. */
  readonly losses: RowOp;
  /** [x, target, positions, weight?, g] → the gradient of x. */
  readonly backward: RowOp;
  /** [x, target, positions, weight?] → what the target asks of each class. */
  readonly asked: RowOp;
}

function operations({ dtype, weight, smoothed }: Variant): Operations {
  const compute = computeType(dtype);
  const x = input(0, dtype).cast(compute);
  const target = input(1, "int32");
  const factor = weight === null ? constant(1, compute) : input(3, weight).cast(compute);
  const g = input(weight === null ? 3 : 4, dtype).cast(compute);
  const [ignored, kept, even] = [target.eq(scalar(0, "int32")), scalar(1, compute), scalar(2, compute)];
  const hit = input(2, "int32").eq(target);
  const asked = smoothed ? hit.where(kept.add(even), even).mul(factor) : hit.where(factor, 0);

  const shifted = x.sub(row(0, compute));
  const [sum, dot, mass] = [row(1, compute), row(2, compute), row(3, compute)];
  const normalized: RowProgram["stages"] = [
    { reduce: "max", of: x },
    { reduce: "sum", of: shifted.exp() },
  ];
  const stages: RowProgram["stages"] = [
    ...normalized,
    // Where nothing is asked of a class, its logit may be infinite.
    { reduce: "sum", of: smoothed ? asked.mul(shifted) : hit.where(factor.mul(shifted), 0) },
    { reduce: "sum", of: asked },
    ...(weight === null ? [] : [{ reduce: "sum", of: hit.where(factor, 0) } as const]),
  ];
  const rows = [mass.mul(sum.log()).sub(dot), target, ...(weight === null ? [] : [row(4, compute)])];
  const types = [dtype, "int32", compute] as const;
  const difference = shifted.exp().mul(row(2, compute).div(sum)).sub(asked);
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
        stages: [...normalized, { reduce: "sum", of: asked }],
        elements: [ignored.where(0, g.mul(difference))],
      }),
      [dtype],
      null,
    ),
    asked: new RowOp("crossEntropy", rowProgram({ stages: [], elements: [ignored.where(0, asked)] }), [compute], null),
  };
  return made;
}

/** The gradient of the logits. */
function ofLogits({ backward, asked }: Operations, g: Tensor, context: GradientContext<RowAttrs>): Tensor {
  const { attrs } = context;
  const [dim] = attrs.dims as [number]; // safe: the classes lie in one dimension
  const operands = context.inputs.map((_, i) => context.input(i));
  const along = g.unsqueeze(dim);
  if (!context.recording) return apply(backward, [...operands, along], attrs);
  const wanted = apply(asked, operands, attrs);
  const probabilities = softmax(operands[0] as Tensor, dim); // safe: the logits come first
  return along.mul(probabilities.mul(wanted.sum(dim, { keepdim: true })).sub(wanted));
}

const made = new Map<string, Operations>();
const positions = new WeakMap<Backend, Map<number, Tensor>>();

/** The numbers 0 to `count` - 1, along a dimension that has `behind` more behind it. */
function positionsFor(device: Backend, count: number, behind: number): Tensor {
  const known = positions.get(device) ?? new Map<number, Tensor>();
  positions.set(device, known);
  const found = known.get(count) ?? keep(arange(count, { dtype: "int32", device }));
  known.set(count, found);
  return behind === 0 ? found : found.reshape([count, ...new Array<number>(behind).fill(1)]);
}

/** The losses of the targets, and what a mean divides their sum by. */
export function classLosses(
  logits: Tensor,
  { dim, target, weight, ignored, smoothing }: ClassTarget,
): { losses: Tensor; factors: Tensor | null } {
  const variant: Variant = { dtype: logits.dtype, weight: weight?.dtype ?? null, smoothed: smoothing > 0 };
  const key = Object.values(variant).join();
  const ops = made.get(key) ?? operations(variant);
  made.set(key, ops);
  const count = logits.shape[dim] as number;
  const behind = logits.ndim - dim - 1;
  const spread = (x: Tensor): Tensor => (behind === 0 ? x : x.reshape([count, ...new Array<number>(behind).fill(1)]));
  const operands = [
    logits,
    target.unsqueeze(dim),
    positionsFor(logits.device, count, behind),
    ...(weight === null ? [] : [spread(weight)]),
  ];
  const scalars = [ignored, 1 - smoothing, smoothing / count];
  const [losses, indices, factors] = applyAll(ops.losses, operands, { dims: [dim], keepdim: false, scalars });
  const found = indices as Tensor; // safe: there are two outputs at least
  expectBetween(found, 0, count - 1, `crossEntropy: class {} is out of range for an input with ${count} classes`, {
    error: "IndexError",
  });
  found.dispose();
  return { losses: losses as Tensor, factors: factors ?? null };
}

const means = new Map<string, RowOp>();

/**
 * [losses, targets] → the mean over those that are not ignored; or [losses, factors] → the sum divided by that of the
 * factors.
 */
export function classMean(losses: Tensor, target: Tensor, factors: Tensor | null, ignored: number): Tensor {
  const { dtype } = losses;
  const op = once(means, `${dtype} ${factors === null}`, () => {
    const compute = computeType(dtype);
    const counted = factors === null ? input(1, "int32").ne(scalar(0, "int32")).cast(compute) : input(1, factors.dtype);
    const program = rowProgram({
      stages: [
        { reduce: "sum", of: input(0, dtype).cast(compute) },
        { reduce: "sum", of: counted },
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
