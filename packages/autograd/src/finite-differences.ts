/**
 * The implementation of `gradcheck` and `gradgradcheck`: compares gradients with central finite differences.
 */

import {
  AutogradError,
  DTypeError,
  expectFunction,
  expectTensor,
  fromTypedArray,
  itemsOf,
  settings,
  type Tensor,
} from "@akari/tensor";
import { grad, jacobian, type Tensors } from "./functional.ts";
import type { GradcheckOptions } from "./gradcheck.ts";
import { enableGrad } from "./mode.ts";
import { requiresGrad } from "./variable.ts";

function outputsOf(result: Tensors): Tensor[] {
  return Array.isArray(result) ? [...result] : [result as Tensor]; // safe: one tensor or several
}

/** Returns the indices of the inputs that require a gradient. */
function differentiable(operation: string, inputs: readonly Tensor[]): number[] {
  for (const input of itemsOf(operation, inputs, "an array of tensors")) expectTensor(operation, input);
  return inputs.flatMap((x, i) => (x.requiresGrad ? [i] : []));
}

/** Implements `gradcheck`. */
export async function compareGradients(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options: GradcheckOptions | undefined,
): Promise<true> {
  const { eps, atol, rtol } = settings("gradcheck", options, { eps: 1e-6, atol: 1e-5, rtol: 1e-3 });
  const checked = differentiable("gradcheck", inputs);
  if (checked.length === 0) throw new AutogradError("gradcheck: none of the inputs requires a gradient");
  for (const i of checked) {
    const { dtype } = inputs[i] as Tensor; // safe: an index of `inputs`
    if (dtype !== "float64") throw new DTypeError(`gradcheck: input ${i} is ${dtype}; finite differences need float64`);
  }
  const analytic = jacobian(
    (...leaves) => outputsOf(fn(...inputs.map((x, i) => leaves[checked.indexOf(i)] ?? x.detach()))),
    checked.map((i) => inputs[i] as Tensor), // safe: indices of `inputs`
  );
  for (const [place, i] of checked.entries()) {
    const input = inputs[i] as Tensor; // safe: an index of `inputs`
    const values = Float64Array.from(await input.data());
    // safe: for each output, a block [...output, ...input] for each checked input
    const derivatives = await Promise.all(analytic.map((blocks) => (blocks[place] as Tensor).data()));
    for (let j = 0; j < values.length; j++) {
      const numeric = await centralDifference(fn, inputs, i, values, j, eps);
      for (const [k, column] of numeric.entries()) {
        for (const [row, want] of column.entries()) {
          const got = Number(derivatives[k]?.[row * values.length + j]);
          if (!(Math.abs(got - want) <= atol + rtol * Math.abs(want))) {
            throw new AutogradError(
              `gradcheck: the derivative of output ${k}, element ${row}, with respect to input ${i}, element ${j}, is ${got} by autograd but ${want} by finite differences`,
            );
          }
        }
      }
    }
  }
  return true;
}

/** Computes one column of each output's Jacobian: the derivatives with respect to one element of one input. */
async function centralDifference(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  index: number,
  values: Float64Array,
  element: number,
  eps: number,
): Promise<Float64Array[]> {
  const at = async (offset: number): Promise<Float64Array[]> => {
    const moved = values.slice();
    moved[element] = (moved[element] as number) + offset;
    const input = inputs[index] as Tensor; // safe: an index of `inputs`
    const point = inputs.map((x, i) =>
      i === index ? fromTypedArray(moved, input.shape, { device: input.device }) : x.detach(),
    );
    return Promise.all(outputsOf(fn(...point)).map(async (output) => Float64Array.from(await output.detach().data())));
  };
  const [above, below] = [await at(eps), await at(-eps)];
  return above.map((high, k) =>
    high.map((value, row) => (value - ((below[k] as Float64Array)[row] as number)) / (2 * eps)),
  );
}

/** Implements `gradgradcheck`: `compareGradients` of the gradient of `fn`. */
export async function compareSecondGradients(
  fn: (...inputs: Tensor[]) => Tensors,
  inputs: readonly Tensor[],
  options: GradcheckOptions | undefined,
): Promise<true> {
  const checked = differentiable("gradgradcheck", inputs);
  expectFunction("gradgradcheck", fn);
  const probe = enableGrad(() => outputsOf(fn(...inputs))).filter((y) => y.requiresGrad);
  // Upstream gradients that are distinct and irregular, so that errors do not cancel.
  const weights = probe.map((y) => {
    const values = Float64Array.from({ length: y.numel() }, (_, e) => Math.sin(1.7 * e + 0.6) + 1.3);
    return requiresGrad(fromTypedArray(values, y.shape, { device: y.device }));
  });
  const gradient = (...all: Tensor[]): Tensor[] => {
    const points = all.slice(0, inputs.length);
    const given = all.slice(inputs.length);
    return enableGrad(() => {
      const leaves = points.map((x, i) => (checked.includes(i) && !x.requiresGrad ? requiresGrad(x.detach()) : x));
      const outputs = outputsOf(fn(...leaves)).filter((y) => y.requiresGrad);
      const wanted = checked.map((i) => leaves[i] as Tensor); // safe: indices of `inputs`
      const found = grad(outputs, wanted, { gradOutputs: given, createGraph: true, allowUnused: true });
      return found.flatMap((g) => (g === null ? [] : [g]));
    });
  };
  return compareGradients(gradient, [...inputs, ...weights], options);
}
