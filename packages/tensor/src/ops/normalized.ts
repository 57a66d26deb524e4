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
import { repeatedDimensions } from "../shape.ts";
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

/** What a backward pass computes: the gradient of x, those of weight and bias, or all three. */
type Wanted = "input" | "affine" | "joint";

/**
 * The backward pass. For weight and bias, a row consists of all elements that share one element of the weight. All three
 * gradients take one pass where these rows are those of x: then the weight is a factor of the whole row.
 */
function backward(form: Form, wanted: Wanted): RowOp {
  const { g, unit, scale, weight } = parts(form);
  const inside = wanted === "input";
  const scaled = weight && inside ? g.mul(weight) : g;
  const factor = weight && !inside ? scale.mul(weight) : scale;
  const sums = [scaled.mul(unit), ...(form.centered || !inside ? [scaled] : [])];
  const mean = (k: number) => row(k, g.dtype).div(length(g));
  const rest = scaled.sub(unit.mul(mean(0)));
  const rows = inside ? [] : sums.map((_, k) => row(k, g.dtype));
  const elements = wanted === "affine" ? [] : [(form.centered ? rest.sub(mean(1)) : rest).mul(factor)];
  const stages = sums.map((of): Stage => ({ reduce: "sum", of }));
  const types = [...rows.map(() => g.dtype), ...elements.map(() => form.x)];
  return new RowOp(`${form.name}Backward`, rowProgram({ stages, rows, elements }), types, null);
}

const key = (kind: string, { name, x, weight, bias, centered }: Form): string =>
  `${kind} ${name} ${x} ${weight} ${bias} ${centered}`;

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
  const withWeight = form.weight ? [...operands, context.input(1)] : operands;
  const learned = inputs[1]?.shape ?? [];
  const along = repeatedDimensions(learned, x.shape);
  const needsAffine = needs.slice(1).some((need) => need);
  const joint = form.centered && needs[0] && needsAffine && along.join() === attrs.dims.join();
  const run = (wanted: Wanted, given: readonly Tensor[], dims: readonly number[]): readonly Tensor[] =>
    applyAll(
      once(ops, key(wanted, form), () => backward(form, wanted)),
      given,
      { ...attrs, dims },
    );
  const sums = joint ? run("joint", withWeight, along) : needsAffine ? run("affine", operands, along) : [];
  const dx = joint ? sums[2] : needs[0] ? run("input", withWeight, attrs.dims)[0] : null;
  const asLearned = (sum: Tensor | undefined): Tensor | null => (sum ? reshape(sum, learned) : null);
  return {
    x: dx ?? null,
    weight: form.weight ? asLearned(sums[0]) : null,
    bias: form.bias ? asLearned(sums[1]) : null,
  };
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
