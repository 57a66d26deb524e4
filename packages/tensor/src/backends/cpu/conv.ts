/**
 * Convolutions: brings the operands into a form that the kernels can read and starts the kernel for the direction. The
 * gradient of the input is a matrix product whose elements are added up, or another forward pass, over the zero-padded
 * gradient of the output with rotated weights.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { fold, foldSuits } from "./conv-fold.ts";
import { slide } from "./conv-slide.ts";
import { convolveWeight } from "./conv-weight-call.ts";
import { winograd, winogradSuits } from "./conv-winograd.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { lanesOf } from "./matmul-lanes.ts";
import type { CpuBuffer } from "./memory.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a convolution or one of its gradients. */
export function runConv(runtime: Runtime, call: ConvCall): void {
  const { direction, input, weight, output, bias } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : direction;
  if (sizeOf(call[target].shape) === 0) return;
  // Operands may have gaps, which the copy into frames removes. The result may not.
  const fits = ({ dtype, shape, strides }: View, name: string): boolean =>
    dtype === element && (name !== target || isContiguous(shape, strides));
  withTemporaries(runtime, { input, weight, output, bias }, element, fits, target, false, (replaced) => {
    // Safe: only the bias may be null.
    const ready = { ...call, ...(replaced as Pick<ConvCall, "input" | "weight" | "output" | "bias">) };
    const lanes = lanesOf(element, runtime.relaxed);
    const made: CpuBuffer[] = []; // the copies that are made on the way
    try {
      if (winogradSuits(ready, lanes)) winograd(runtime, lanes, ready, made);
      else if (foldSuits(ready)) fold(runtime, lanes, ready, made);
      else if (direction === "weight") convolveWeight(runtime, lanes, ready, made);
      else slide(runtime, lanes, ready, made);
    } finally {
      for (const buffer of made) runtime.memory.free(buffer);
    }
  });
}
