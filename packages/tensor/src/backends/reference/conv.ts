/**
 * Convolution in any direction is one sum over the same triples: an input element, a weight and an output element
 * contribute together when `input position = output position · stride - padding + weight position · dilation` in every
 * dimension.
 */

import type { ConvCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { accumulator } from "./matmul.ts";
import { load, store } from "./memory.ts";
import { round } from "./primitives.ts";
import { indexList, windowPlaces } from "./window.ts";

/** Runs a convolution, or its gradient with respect to the input or the weight. */
export function conv(call: ConvCall): void {
  const target = call.direction === "forward" ? call.output : call.direction === "input" ? call.input : call.weight;
  const { multiply, add } = accumulator(target.dtype);
  const input = call.direction === "input" ? [] : load(call.input);
  const weight = call.direction === "weight" ? [] : load(call.weight);
  const output = call.direction === "forward" ? [] : load(call.output);
  const sums = new Array<number>(sizeOf(target.shape)).fill(0);
  const gather = (at: number, a: number, b: number): void => {
    sums[at] = add(sums[at] as number, multiply(a, b));
  };
  forEachTriple(call, (x, w, y) => {
    if (call.direction === "forward") gather(y, input[x] as number, weight[w] as number);
    else if (call.direction === "input") gather(x, output[y] as number, weight[w] as number);
    else gather(w, input[x] as number, output[y] as number);
  });
  if (call.bias !== null) {
    const bias = load(call.bias);
    const plane = sizeOf(target.shape.slice(2));
    sums.forEach((sum, i) => {
      sums[i] = add(sum, bias[Math.floor(i / plane) % bias.length] as number);
    });
  }
  store(
    target,
    sums.map((sum) => round(sum, target.dtype)),
  );
}

/** Visits the flat positions (input, weight, output) of all triples that contribute. */
function forEachTriple(call: ConvCall, visit: (input: number, weight: number, output: number) => void): void {
  const [batch, inChannels, ...inSizes] = call.input.shape as [number, number, ...number[]]; // safe: [N, C, ...S]
  const [outChannels, perGroup, ...kernel] = call.weight.shape as [number, number, ...number[]];
  const outSizes = call.output.shape.slice(2);
  const inPlane = sizeOf(inSizes);
  const outPlane = sizeOf(outSizes);
  const taps = sizeOf(kernel);
  const outPerGroup = outChannels / call.groups;
  indexList(outSizes).forEach((at, place) => {
    for (const { tap, input } of windowPlaces(at, { ...call, kernel, sizes: inSizes })) {
      for (let n = 0; n < batch; n++) {
        for (let o = 0; o < outChannels; o++) {
          const first = Math.floor(o / outPerGroup) * perGroup;
          for (let c = 0; c < perGroup; c++) {
            visit(
              (n * inChannels + first + c) * inPlane + input,
              (o * perGroup + c) * taps + tap,
              (n * outChannels + o) * outPlane + place,
            );
          }
        }
      }
    }
  });
}
