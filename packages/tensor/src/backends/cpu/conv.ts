/**
 * Convolutions: makes the operands such as the kernels can read, and starts the one for the direction. The gradient of the input is one more
 * forward pass, over the output's gradient with zeros put in, with the weights turned around.
 */

import type { ConvCall, View } from "../../kernel.ts";
import { isContiguous, sizeOf } from "../../shape.ts";
import { slide } from "./conv-slide.ts";
import { convolveWeight } from "./conv-weight-call.ts";
import { winograd, winogradSuits } from "./conv-winograd.ts";
import { elementOf, withTemporaries } from "./convert.ts";
import { type Element, lanesOf } from "./matmul-lanes.ts";
import type { Runtime } from "./runtime.ts";

/** Runs a convolution or one of its gradients. */
export function runConv(runtime: Runtime, call: ConvCall): void {
  const { direction, input, weight, output, bias } = call;
  const element = elementOf(input.dtype);
  const target = direction === "forward" ? "output" : direction;
  if (sizeOf(call[target].shape) === 0) return;
  // Operands may have gaps, which frames close; the result may not.
  const needs = (name: string, view: View): Element | null => {
    return view.dtype !== element || (name === target && !isContiguous(view.shape, view.strides)) ? element : null;
  };
  const views = { input, weight, output, bias };
  const reads = (["input", "weight", "output", "bias"] as const).filter((name) => name !== target);
  withTemporaries(runtime, views, needs, reads, [target], (replaced) => {
    // Safe: only the bias may be null.
    const ready = { ...call, ...(replaced as Pick<ConvCall, "input" | "weight" | "output" | "bias">) };
    const lanes = lanesOf(element, runtime.relaxed);
    if (winogradSuits(ready, lanes)) winograd(runtime, lanes, ready);
    else if (direction === "weight") convolveWeight(runtime, lanes, ready);
    else slide(runtime, lanes, ready);
  });
}
