/**
 * Parameters of distributions: converts numbers and tensors to tensors of one shape, dtype and device, and checks their
 * values.
 */

import {
  ArgumentError,
  broadcastShapes,
  checkNames,
  type DType,
  DTypeError,
  full,
  isFloating,
  promoteTypes,
  Tensor,
  type TensorOrNumber,
} from "@akari/tensor";
import type { Constraint } from "./constraints.ts";
import { type DistributionOptions, validates } from "./distribution.ts";
import { expectWithin } from "./validation.ts";

/**
 * Converts parameters to tensors of one dtype and device. Numbers adopt those of the tensors; if all are numbers, they
 * become float32 on the default device.
 *
 * @throws DTypeError for integers.
 * @throws ArgumentError for a parameter that is neither a tensor nor a number, and for values that violate a
 * constraint.
 */
export function tensorsOf<Name extends string>(
  label: string,
  values: Readonly<Record<Name, TensorOrNumber>>,
  constraints: Readonly<Record<string, Constraint>>,
  options: DistributionOptions,
): Record<Name, Tensor> {
  checkNames(label, options, ["validateArgs"]);
  const entries = Object.entries(values) as [Name, TensorOrNumber][]; // safe: the keys of `values`
  const tensors = entries.flatMap(([, value]) => (value instanceof Tensor ? [value] : []));
  const dtype =
    tensors.reduce<DType | null>((met, x) => (met === null ? x.dtype : promoteTypes(met, x.dtype)), null) ?? "float32";
  if (!isFloating(dtype))
    throw new DTypeError(`${label}: parameters must be floating point, got ${dtype}; convert them with .to("float32")`);
  const device = tensors[0]?.device;
  const found = entries.map(([name, value]) => {
    if (value instanceof Tensor) return [name, value.to(dtype)] as const;
    if (typeof value !== "number")
      throw new ArgumentError(`${label}: ${name} must be a tensor or a number, got ${String(value)}`);
    return [name, full([], value, { dtype, ...(device && { device }) })] as const;
  });
  if (validates(options)) {
    for (const [name, x] of found) {
      const constraint = constraints[name];
      if (constraint !== undefined) expectWithin(x, constraint, `${label}: ${name}`);
    }
  }
  return Object.fromEntries(found) as Record<Name, Tensor>; // safe: the keys of `values`
}

/** Converts parameters like `tensorsOf` and broadcasts them to one shape. */
export function parameters<Name extends string>(
  label: string,
  values: Readonly<Record<Name, TensorOrNumber>>,
  constraints: Readonly<Record<string, Constraint>>,
  options: DistributionOptions,
): Record<Name, Tensor> {
  const found = tensorsOf(label, values, constraints, options);
  const names = Object.keys(found) as Name[]; // safe: the keys of `values`
  const shape = broadcastShapes(
    label,
    names.map((name) => found[name].shape),
  );
  // safe: the keys of `values`
  return Object.fromEntries(names.map((name) => [name, found[name].expand(shape)])) as Record<Name, Tensor>;
}
