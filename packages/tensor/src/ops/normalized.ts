/**
 * The operation that implements layer, group, batch and instance normalization. It normalizes rows, formed by any
 * dimensions, to mean 0 and variance 1 (without centering: to mean square 1), scales them by a weight and shifts them
 * by a bias. Weight and bias broadcast against the input.
 */

import type { DType } from "../dtype.ts";
import { type Expr, input, row, scalar } from "../expr/expr.ts";
import { rowProgram, type Stage } from "../expr/program.ts";
import { once } from "../once.ts";
import { applyAll, type Gradient, type GradientContext } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { rsqrt, square } from "./power.ts";
import { reshape } from "./reshape.ts";
import { type RowAttrs, RowOp, rowLength } from "./rows.ts";
import { mean as meanOf } from "./sum.ts";

/** The operands that are present and their dtypes: one form is compiled once. */
interface Form {
  readonly name: string;
  readonly x: DType;
  readonly weight: DType | null;
  readonly bias: DType | null;
  readonly centered: boolean;
}

const ops = new Map<string, RowOp>();

/** Outputs of the forward pass: per row the mean, 1/√(variance + eps) and the variance; per element the result. */
const outputs = { mean: 0, scale: 1, variance: 2, result: 3 } as const;

/** The scalar arguments of the programs: the row's length and eps. */
const length = (x: Expr): Expr => scalar(0, x.dtype);
const epsilon = (x: Expr): Expr => scalar(1, x.dtype);

function forward(form: Form): RowOp {
  const x = input(0, form.x);
  const total = row(0, x.dtype).div(length(x));
  const center = form.centered ? x.sub(total) : x;
  const stages: Stage[] = form.centered ? [{ reduce: "sum", of: x }] : [];
  stages.push({ reduce: "sum", of: center.mul(center) });
  const variance = row(stages.length - 1, x.dtype).div(length(x));
  const scale = variance.add(epsilon(x)).rsqrt();
  let result = center.mul(scale);
  if (form.weight) result = result.mul(input(1, form.weight));
  if (form.bias) result = result.add(input(form.weight ? 2 : 1, form.bias));
  const rows = [form.centered ? total : variance, scale, variance];
  const program = rowProgram({ stages, rows, elements: [result] });
  // Statistics of 16-bit floats stay in single precision.
  return new RowOp(form.name, program, [x.dtype, x.dtype, x.dtype, form.x], normalizedGradient(form));
}

/** Inputs of the backward programs: upstream gradient, x, mean, scale, and the weight if there is one. */
function parts(form: Form): { g: Expr; unit: Expr; scale: Expr; weight: Expr | null } {
  const g = input(0, form.x);
  const x = input(1, form.x);
  const scale = input(3, g.dtype);
  const unit = (form.centered ? x.sub(input(2, g.dtype)) : x).mul(scale);
  return { g, unit, scale, weight: form.weight ? input(4, form.weight) : null };
}

/** Computes the gradient of x. */
function inputBackward(form: Form): RowOp {
  const { g, unit, scale, weight } = parts(form);
  const scaled = weight ? g.mul(weight) : g;
  const stages: Stage[] = [{ reduce: "sum", of: scaled.mul(unit) }];
  if (form.centered) stages.push({ reduce: "sum", of: scaled });
  let rest = scaled.sub(unit.mul(row(0, g.dtype).div(length(g))));
  if (form.centered) rest = rest.sub(row(1, g.dtype).div(length(g)));
  return new RowOp(`${form.name}Backward`, rowProgram({ stages, elements: [rest.mul(scale)] }), [form.x], null);
}

/** Computes the gradients of weight and bias. A row consists of all elements that share one element of the weight. */
function affineBackward(form: Form): RowOp {
  const { g, unit } = parts({ ...form, weight: null });
  const stages: Stage[] = [
    { reduce: "sum", of: g.mul(unit) },
    { reduce: "sum", of: g },
  ];
  return new RowOp(
    `${form.name}Backward`,
    rowProgram({ stages, rows: [row(0, g.dtype), row(1, g.dtype)] }),
    [g.dtype, g.dtype],
    null,
  );
}

/** Computes all three gradients in one pass, where weight and bias are constant within a row. */
function jointBackward(form: Form): RowOp {
  const { g, unit, scale, weight } = parts(form);
  const stages: Stage[] = [
    { reduce: "sum", of: g.mul(unit) },
    { reduce: "sum", of: g },
  ];
  const count = length(g);
  const rest = g.sub(unit.mul(row(0, g.dtype).div(count))).sub(row(1, g.dtype).div(count));
  const factor = weight ? scale.mul(weight) : scale;
  const program = rowProgram({ stages, rows: [row(0, g.dtype), row(1, g.dtype)], elements: [rest.mul(factor)] });
  return new RowOp(`${form.name}Backward`, program, [g.dtype, g.dtype, form.x], null);
}

const key = (kind: string, { name, x, weight, bias, centered }: Form): string =>
  `${kind} ${name} ${x} ${weight} ${bias} ${centered}`;

/** The dimensions of the shape `full` along which a tensor of shape `shape` is broadcast. */
function repeated(shape: readonly number[], full: readonly number[]): number[] {
  const lead = full.length - shape.length;
  return full.flatMap((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? [i] : []));
}

function normalizedGradient(form: Form): Gradient<RowAttrs> {
  const affine = [form.weight !== null, form.bias !== null];
  return {
    reads: () => ({ inputs: form.weight ? [0, 1] : [0], outputs: [outputs.mean, outputs.scale] }),
    compute: (arrived, context) => {
      const g = arrived[outputs.result] ?? null;
      if (g === null) return context.needs.map(() => null);
      const found = context.recording ? differentiable(form, g, context) : fused(form, g, context);
      return [found.x, ...(affine[0] ? [found.weight] : []), ...(affine[1] ? [found.bias] : [])];
    },
  };
}

interface Gradients {
  readonly x: Tensor | null;
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
}

function fused(form: Form, g: Tensor, context: GradientContext<RowAttrs>): Gradients {
  const { attrs, inputs, needs } = context;
  const x = context.input(0);
  const operands = [g, x, context.output(outputs.mean), context.output(outputs.scale)];
  const learned = inputs[1]?.shape ?? null;
  const needsAffine = needs.slice(1).some((need) => need);
  const along = learned === null ? [] : repeated(learned, x.shape);
  const withWeight = form.weight ? [...operands, context.input(1)] : operands;
  const shapes = (sums: readonly Tensor[], restore: (sum: Tensor) => Tensor): Pick<Gradients, "weight" | "bias"> => ({
    weight: form.weight ? restore(sums[0] as Tensor) : null,
    bias: form.bias ? restore(sums[1] as Tensor) : null,
  });
  const asLearned = (sum: Tensor): Tensor => reshape(sum, learned ?? []);
  if (form.centered && needs[0] && needsAffine && along.join() === attrs.dims.join()) {
    const op = once(ops, key("joint", form), () => jointBackward(form));
    const [byUnit, total, dx] = applyAll(op, withWeight, attrs);
    return { x: dx ?? null, ...shapes([byUnit as Tensor, total as Tensor], asLearned) };
  }
  const inputOp = () => once(ops, key("input", form), () => inputBackward(form));
  const dx = needs[0] ? (applyAll(inputOp(), withWeight, attrs)[0] ?? null) : null;
  if (!needsAffine) return { x: dx, weight: null, bias: null };
  const op = once(ops, key("affine", form), () => affineBackward(form));
  return { x: dx, ...shapes(applyAll(op, operands, { ...attrs, dims: along }), asLearned) };
}

/** The same gradients from differentiable operations, including the statistics, for higher derivatives. */
function differentiable(form: Form, g: Tensor, context: GradientContext<RowAttrs>): Gradients {
  const { dims, scalars } = context.attrs;
  const x = context.input(0);
  const over = (y: Tensor): Tensor => meanOf(y, dims, { keepdim: true });
  const center = form.centered ? sub(x, over(x)) : x;
  const scale = rsqrt(add(over(square(center)), scalars[1] as number));
  const unit = mul(center, scale);
  const scaled = form.weight ? mul(g, context.input(1)) : g;
  let rest = sub(scaled, mul(unit, over(mul(scaled, unit))));
  if (form.centered) rest = sub(rest, over(scaled));
  // The autograd engine reduces these over the broadcast dimensions.
  return { x: mul(rest, scale), weight: form.weight ? mul(g, unit) : null, bias: form.bias ? g : null };
}

/**
 * Normalizes `x` over `dims`, multiplies by `weight` and adds `bias`. Also returns the mean and the variance (with
 * divisor n), with the reduced dimensions kept at size one.
 */
export function normalized(
  name: string,
  x: Tensor,
  dims: readonly number[],
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  centered: boolean,
): { readonly result: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const form: Form = { name, x: x.dtype, weight: weight?.dtype ?? null, bias: bias?.dtype ?? null, centered };
  const op = once(ops, key("forward", form), () => forward(form));
  const operands = [x, weight, bias].filter((tensor) => tensor !== null);
  const found = applyAll(op, operands, { dims, keepdim: true, scalars: [rowLength(x.shape, dims), eps] });
  // Safe: the operation has four outputs.
  return {
    result: found[outputs.result] as Tensor,
    mean: found[outputs.mean] as Tensor,
    variance: found[outputs.variance] as Tensor,
  };
}
