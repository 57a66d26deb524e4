/**
 * Pointwise operations: one formula each. From the formula come the types, the kernel on every device, and the
 * gradient, which is a pointwise operation again and so can be differentiated as often as one likes. `pointwise` is
 * public: users make fused operations of their own from one line, exactly as the library makes its own.
 */

import { expectTensor } from "./argument.ts";
import { computeType, type DType, dtypes, isFloating, kindOf, promoteTypes } from "./dtype.ts";
import { ArgumentError, DTypeError } from "./errors.ts";
import { type Expr, input, node, scalar } from "./expr/expr.ts";
import { type Program, program } from "./expr/program.ts";
import type { View } from "./kernel.ts";
import { apply, applyInPlace, type Formulas, type Op, type Spec } from "./op.ts";
import { checkNames } from "./settings.ts";
import { broadcastShapes, broadcastStrides, type Shape, sameShape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { windowOn } from "./view.ts";

/** A tensor, or a number that adapts to the tensors it meets. */
export type TensorOrNumber = Tensor | number | boolean;

/** Some formulas over the elements of some tensors, with the scalars as attributes. */
export class PointwiseOp implements Op<readonly number[]> {
  readonly name: string;
  /** The formulas as a backend compiles them. */
  readonly program: Program;
  readonly gradient: Formulas;
  readonly #types: readonly DType[];

  /**
   * @param outputs the formulas; they may refer to inputs and scalars.
   * @param types how each result is stored. Default: as its formula computes it.
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
    if (to.numel() === 0) return;
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

/** A tensor seen with a larger shape, its elements repeated. */
export function broadcastView(operation: string, x: Tensor, shape: Shape): View {
  if (sameShape(x.shape, shape)) return x;
  return windowOn(x, shape, broadcastStrides(operation, x.shape, x.strides, shape));
}

/** How `pointwise` treats its operands. */
export interface PointwiseOptions {
  /** Operands that keep their own dtype instead of taking part in the promotion: a condition, for example. */
  readonly apart?: readonly number[];
  /**
   * Number operands are compiled into the formula instead of being handed over with each call. For numbers that choose
   * the formula.
   */
  readonly literal?: boolean;
  /** The least kind of number that the operands may meet in: 1 refuses bools, 2 refuses integers, too. */
  readonly kind?: 1 | 2;
  /**
   * Integers that meet are computed in float32 from the start: a number beside uint8 elements is not brought into their
   * range first.
   */
  readonly floating?: boolean;
  /** Looks at the operands of each call before anything runs, and throws for those that do not fit. */
  readonly check?: (operands: readonly TensorOrNumber[]) => void;
}

/**
 * An operation made by `pointwise`: call it with tensors and numbers. `inPlace` stores the result in the first operand.
 */
export interface Pointwise<Operands extends readonly TensorOrNumber[]> {
  (...operands: Operands): Tensor;
  /** Stores the result in `target`, which is the first operand: `add.inPlace(x, 1)` is `x.add_(1)`. */
  inPlace(target: Tensor, ...rest: Operands extends readonly [unknown, ...infer Rest] ? Rest : never): Tensor;
  /** The formula itself, to build larger formulas from. */
  readonly formula: (...operands: { [I in keyof Operands]: Expr }) => Expr;
}

/**
 * A pointwise operation from one formula: broadcast, promoted, fused into one kernel forward and one backward, on every
 * device.
 *
 * Operands are promoted to a common dtype as PyTorch does it: tensors with dimensions decide first, then scalars
 * tensors, then plain numbers. Numbers reach the kernel as arguments, so a new value never compiles anything.
 *
 * @param name the operation's name, shown in errors and profiles.
 * @param formula builds the result from one `Expr` per operand.
 *
 * @example
 * const silu = pointwise("silu", (x) => x.div(x.neg().exp().add(1)));
 * const y = silu(tensor([-1, 0, 1]));
 */
export function pointwise<Operands extends readonly TensorOrNumber[] = [TensorOrNumber]>(
  name: string,
  formula: (...operands: { [I in keyof Operands]: Expr }) => Expr,
  options: PointwiseOptions = {},
): Pointwise<Operands> {
  checkNames(name, options, ["apart", "literal", "kind", "floating", "check"]);
  const instances = new Map<string | number, PointwiseOp>();
  const instance = (operands: readonly TensorOrNumber[]): PointwiseOp => {
    options.check?.(operands);
    const key = options.literal ? literalKey(operands) : signature(operands);
    let op = instances.get(key);
    if (op === undefined) {
      op = instantiate(name, formula as (...operands: Expr[]) => Expr, options, operands); // safe: one Expr per operand
      instances.set(key, op);
    }
    return op;
  };
  const call = (...operands: Operands): Tensor => {
    const tensors = tensorsOf(name, operands);
    return apply(instance(operands), tensors, scalarsOf(operands));
  };
  const inPlace = (...operands: readonly [Tensor, ...TensorOrNumber[]]): Tensor => {
    const tensors = tensorsOf(name, operands);
    return applyInPlace(instance(operands), operands[0], tensors, scalarsOf(operands));
  };
  // Safe: `inPlace` takes what the mapped tuple type of the interface spells out.
  return Object.assign(call, { inPlace, formula }) as unknown as Pointwise<Operands>;
}

const none: readonly number[] = [];

function scalarsOf(operands: readonly TensorOrNumber[]): readonly number[] {
  if (operands.every((operand) => typeof operand === "object")) return none;
  return operands.filter((operand) => typeof operand !== "object").map(Number);
}

function tensorsOf(name: string, operands: readonly TensorOrNumber[]): readonly Tensor[] {
  const tensors: Tensor[] = [];
  for (const operand of operands) {
    if (typeof operand === "number" || typeof operand === "boolean") continue;
    expectTensor(name, operand, "tensors and numbers");
    tensors.push(operand);
  }
  if (tensors.length === 0) throw new ArgumentError(`${name}: at least one operand must be a tensor`);
  return tensors;
}

/** What decides an operand's type, as a digit: dtype and whether it has dimensions, or the kind of a number. */
function digit(operand: TensorOrNumber): number {
  if (typeof operand === "object") return dtypes.indexOf(operand.dtype) + (operand.shape.length === 0 ? 7 : 0);
  if (typeof operand === "boolean") return 14;
  return Number.isInteger(operand) ? (isInt32(operand) ? 15 : 16) : 17;
}

/** Whether a whole number is one that an int32 holds. */
function isInt32(x: number): boolean {
  return (x | 0) === x;
}

function signature(operands: readonly TensorOrNumber[]): number {
  let code = 1;
  for (const operand of operands) code = code * 18 + digit(operand);
  return code;
}

function literalKey(operands: readonly TensorOrNumber[]): string {
  return operands.map((o) => (typeof o === "object" ? digit(o) : `=${Object.is(o, -0) ? "-0" : o}`)).join(" ");
}

/** The common dtype of some operands, by PyTorch's rules of promotion. */
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
  // A lower rank of operand only counts where its kind is higher: an int32 tensor plus a float32 scalar is float32.
  const outrank = (high: DType | null, low: DType | null): DType | null =>
    high === null ? low : low === null || kindOf(low) <= kindOf(high) ? high : low;
  const tensors = outrank(sized, unsized);
  const all = outrank(tensors, number) ?? "float32";
  // Where no tensor decides, a whole number is only taken for an integer if it can be one: -1e30 cannot.
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
