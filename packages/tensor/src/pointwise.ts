/**
 * Pointwise operations, each defined by one formula. The result types, the kernel on every device and the gradient are
 * derived from it; the gradient is again a pointwise operation, so it can be differentiated any number of times.
 * `pointwise` is public: users define fused operations in one line, exactly as the library does.
 */

import { expectTensor, refuse } from "./argument.ts";
import { computeType, type DType, isFloating, kindOf, ordinals, promoteTypes } from "./dtype.ts";
import { ArgumentError, DTypeError } from "./errors.ts";
import { type Expr, input, node, scalar } from "./expr/expr.ts";
import { type Program, program } from "./expr/program.ts";
import type { View } from "./kernel.ts";
import { once } from "./once.ts";
import { apply, applyInPlace, type Formulas, type Op, type Spec } from "./op.ts";
import { checkNames } from "./settings.ts";
import { broadcastShapes, broadcastStrides, type Shape, sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { windowOn } from "./view.ts";

/** A tensor, or a number whose dtype adapts to the tensors it is combined with. */
export type TensorOrNumber = Tensor | number | boolean;

/** An operation that evaluates formulas elementwise, with the scalar operands as its attributes. */
export class PointwiseOp implements Op<readonly number[]> {
  readonly name: string;
  /** The formulas in the form that backends compile. */
  readonly program: Program;
  readonly gradient: Formulas;
  readonly #types: readonly DType[];

  /**
   * @param outputs the formulas, which may refer to inputs and scalars.
   * @param types the dtype in which each result is stored. Default: the dtype of its formula.
   */
  constructor(name: string, outputs: readonly Expr[], types: readonly DType[] = outputs.map((e) => e.dtype)) {
    this.name = name;
    this.program = program(outputs);
    this.#types = types;
    this.gradient = { outputs, types };
  }

  infer(inputs: readonly Tensor[]): readonly Spec[] {
    const first = inputs[0] as Tensor; // safe: a pointwise operation has an input
    let shape: Shape = first.shape;
    for (let i = 1; i < inputs.length; i++) {
      if (!sameShape(shape, (inputs[i] as Tensor).shape)) {
        shape = broadcastShapes(
          this.name,
          inputs.map((x) => x.shape),
        );
        break;
      }
    }
    const types = this.#types;
    if (types.length === 1) return [{ shape, dtype: types[0] as DType }];
    return types.map((dtype) => ({ shape, dtype }));
  }

  run(inputs: readonly Tensor[], scalars: readonly number[], outputs: readonly Tensor[]): void {
    const to = outputs[0] as Tensor; // safe: at least one output
    let views: readonly View[] = inputs;
    for (let i = 0; i < inputs.length; i++) {
      if (!sameShape((inputs[i] as Tensor).shape, to.shape)) {
        views = inputs.map((x) => broadcastView(this.name, x, to.shape));
        break;
      }
    }
    to.storage.backend.run({ kind: "pointwise", program: this.program, inputs: views, scalars, to: outputs });
  }
}

/** Returns a tensor broadcast to a larger shape, as a view. */
export function broadcastView(operation: string, x: Tensor, shape: Shape): View {
  if (sameShape(x.shape, shape)) return x;
  return windowOn(x, shape, broadcastStrides(operation, x.shape, x.strides, shape));
}

/** Options of `pointwise`. */
export interface PointwiseOptions {
  /** Indices of operands that keep their own dtype and do not take part in type promotion, such as a condition. */
  readonly apart?: readonly number[];
  /**
   * Whether number operands are compiled into the formula instead of being passed with each call; for numbers that
   * determine the formula. Default false.
   */
  readonly literal?: boolean;
  /**
   * The lowest kind of dtype that the promoted operands may have: 1 rejects bools, 2 also rejects integers. Default:
   * any.
   */
  readonly kind?: 1 | 2;
  /**
   * Whether integer operands are converted to float32 before anything else, so that a number combined with a uint8
   * tensor is not first wrapped into its range. Default false.
   */
  readonly floating?: boolean;
  /** Validates the operands of each call before anything runs, and throws if they are invalid. */
  readonly check?: (operands: readonly TensorOrNumber[]) => void;
}

/** A function that builds a formula from one `Expr` for each operand. */
export type Formula<Operands extends readonly TensorOrNumber[]> = (
  ...operands: { [I in keyof Operands]: Expr }
) => Expr;

/** An operation made by `pointwise`, called with tensors and numbers. */
export interface Pointwise<Operands extends readonly TensorOrNumber[]> {
  (...operands: Operands): Tensor;
  /**
   * Computes the result and stores it in `target`, the first operand: `add.inPlace(x, 1)` is `x.add_(1)`. Returns
   * `target`.
   */
  inPlace(target: Tensor, ...rest: Operands extends readonly [unknown, ...infer Rest] ? Rest : never): Tensor;
  /** The formula, for use inside larger formulas. */
  readonly formula: Formula<Operands>;
}

/**
 * Creates a pointwise operation from one formula. It broadcasts and promotes its operands, is differentiable, and runs
 * as one fused kernel forward and one backward on every device.
 *
 * Operands are promoted to a common dtype as in PyTorch: tensors with dimensions take precedence over scalar tensors,
 * and those over plain numbers. Numbers are passed to the kernel as arguments, so a new value never recompiles it.
 *
 * @param name the operation's name, shown in errors and profiles.
 * @param formula builds the result from one `Expr` per operand.
 * @example
 * const silu = pointwise("silu", (x) => x.div(x.neg().exp().add(1)));
 * const y = silu(tensor([-1, 0, 1]));
 */
export function pointwise<Operands extends readonly TensorOrNumber[] = [TensorOrNumber]>(
  name: string,
  formula: Formula<Operands>,
  options: PointwiseOptions = {},
): Pointwise<Operands> {
  checkNames(name, options, ["apart", "literal", "kind", "floating", "check"]);
  const instances = new Map<string | number, PointwiseOp>();
  const instance = (operands: readonly TensorOrNumber[]): PointwiseOp => {
    options.check?.(operands);
    const key = options.literal ? literalKey(operands) : signature(operands);
    // Safe: there is one Expr per operand.
    return once(instances, key, () => instantiate(name, formula as (...operands: Expr[]) => Expr, options, operands));
  };
  const call = (...operands: Operands): Tensor => {
    const tensors = tensorsOf(name, operands, formula.length);
    return apply(instance(operands), tensors, scalarsOf(operands));
  };
  const inPlace = (...operands: readonly [Tensor, ...TensorOrNumber[]]): Tensor => {
    const tensors = tensorsOf(name, operands, formula.length);
    return applyInPlace(instance(operands), operands[0], tensors, scalarsOf(operands));
  };
  // Safe: `inPlace` has the parameters that the interface's mapped tuple type describes.
  return Object.assign(call, { inPlace, formula }) as unknown as Pointwise<Operands>;
}

const none: readonly number[] = [];

function scalarsOf(operands: readonly TensorOrNumber[]): readonly number[] {
  if (operands.every((operand) => typeof operand === "object")) return none;
  return operands.filter((operand) => typeof operand !== "object").map(Number);
}

/** Returns the operands that are tensors. A formula that takes any number of operands has the length 0. */
function tensorsOf(name: string, operands: readonly TensorOrNumber[], count: number): readonly Tensor[] {
  if (operands.length !== count && count > 0) refuse(name, "number of operands", operands.length, `be ${count}`);
  const tensors: Tensor[] = [];
  for (const operand of operands) {
    if (typeof operand === "number" || typeof operand === "boolean") continue;
    expectTensor(name, operand, "tensors and numbers");
    tensors.push(operand);
  }
  if (tensors.length === 0) throw new ArgumentError(`${name}: at least one operand must be a tensor`);
  return tensors;
}

/**
 * Encodes what determines an operand's type as a digit: dtype and whether it has dimensions, or the kind of a number.
 */
function digit(operand: TensorOrNumber): number {
  if (typeof operand === "object") return ordinals[operand.dtype] + (operand.shape.length === 0 ? 7 : 0);
  if (typeof operand === "boolean") return 14;
  return Number.isInteger(operand) ? (isInt32(operand) ? 15 : 16) : 17;
}

/** Returns whether an integer fits into an int32. */
function isInt32(x: number): boolean {
  return (x | 0) === x;
}

/** Returns what determines the types of the operands: a number where that is exact, since strings take longer. */
function signature(operands: readonly TensorOrNumber[]): number | string {
  let code = 1;
  for (const operand of operands) code = code * 18 + digit(operand);
  return code <= Number.MAX_SAFE_INTEGER ? code : operands.map(digit).join(" ");
}

function literalKey(operands: readonly TensorOrNumber[]): string {
  return operands.map((o) => (typeof o === "object" ? digit(o) : `=${Object.is(o, -0) ? "-0" : o}`)).join(" ");
}

/** Returns the common dtype of some operands by PyTorch's promotion rules. */
export function resultType(operands: readonly TensorOrNumber[]): DType {
  const meet = (a: DType | null, b: DType): DType => (a === null ? b : promoteTypes(a, b));
  let sized: DType | null = null;
  let unsized: DType | null = null;
  let number: DType | null = null;
  let vast = false;
  for (const operand of operands) {
    if (typeof operand === "object") {
      expectTensor("resultType", operand, "tensors and numbers");
      if (operand.shape.length > 0) sized = meet(sized, operand.dtype);
      else unsized = meet(unsized, operand.dtype);
    } else {
      number = meet(number, typeof operand === "boolean" ? "bool" : Number.isInteger(operand) ? "int32" : "float32");
      vast ||= !isInt32(Number(operand));
    }
  }
  // Lower-priority operands count only if their kind is higher: an int32 tensor plus a float32 scalar is float32.
  const outrank = (high: DType | null, low: DType | null): DType | null =>
    high === null ? low : low === null || kindOf(low) <= kindOf(high) ? high : low;
  const tensors = outrank(sized, unsized);
  const all = outrank(tensors, number) ?? "float32";
  // If no tensor determines the type, an integer counts as int32 only if it fits: -1e30 does not.
  return vast && all === "int32" && (tensors === null || kindOf(tensors) === 0) ? "float32" : all;
}

function instantiate(
  name: string,
  formula: (...operands: Expr[]) => Expr,
  options: PointwiseOptions,
  operands: readonly TensorOrNumber[],
): PointwiseOp {
  const apart = new Set(options.apart);
  const met = resultType(operands.filter((_, i) => !apart.has(i)));
  const common = options.floating && !isFloating(met) ? "float32" : met;
  if (kindOf(common) < (options.kind ?? 0)) {
    const wanted = options.kind === 2 ? "floating-point numbers" : "numbers";
    throw new DTypeError(`${name}: expected ${wanted}, got ${common}; convert with to("float32")`);
  }
  let inputs = 0;
  let scalars = 0;
  const leaves = operands.map((operand, i) => {
    const target = apart.has(i) && typeof operand === "object" ? operand.dtype : common;
    if (typeof operand === "object") return input(inputs++, operand.dtype).cast(computeType(target));
    if (options.literal) return node("constant", computeType(target), [], Number(operand));
    return scalar(scalars++, target);
  });
  const result = formula(...leaves);
  return new PointwiseOp(name, [result], [computeType(common) === result.dtype ? common : result.dtype]);
}
