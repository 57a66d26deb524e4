/**
 * Convolutions as products whose operands read the tensors in place, without copies. In the forward pass, rows are
 * output channels, columns output positions, and terms the weights of a channel; the gradients exchange these roles.
 * Groups are the product's batches.
 */

import { isFloating } from "../../dtype.ts";
import type { ConvCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { convPatches } from "./conv-patches.ts";
import { ConvTexts } from "./conv-texts.ts";
import { packed } from "./pack.ts";
import { launchProduct } from "./product.ts";
import type { Recorder } from "./recorder.ts";

/** Runs a convolution or one of its gradients. */
export function conv(recorder: Recorder, call: ConvCall): void {
  const name = call.direction === "forward" ? "output" : call.direction;
  if (recorder.direct && isFloating(call[name].dtype)) {
    if (sizeOf(call[name].shape) > 0) convPatches(recorder, call);
    return;
  }
  packed(recorder, [call[name]], ([to]) => product(recorder, { ...call, [name]: to }));
}

function product(recorder: Recorder, call: ConvCall): void {
  const { input, weight, output, direction, groups } = call;
  const batch = input.shape[0] as number;
  const inChannels = weight.shape[1] as number;
  const outChannels = (weight.shape[0] as number) / groups;
  const taps = sizeOf(weight.shape.slice(2));
  const inPlane = sizeOf(input.shape.slice(2));
  const outPlane = sizeOf(output.shape.slice(2));
  const sizes = {
    forward: { rows: outChannels, columns: batch * outPlane, terms: inChannels * taps },
    input: { rows: inChannels, columns: batch * inPlane, terms: outChannels * taps },
    weight: { rows: outChannels, columns: inChannels * taps, terms: batch * outPlane },
  }[direction];
  const target = { forward: output, input, weight }[direction];
  const size = {
    ...sizes,
    batches: groups,
    dtype: target.dtype,
    leftAlong: direction !== "input",
    rightAlong: direction !== "weight",
  };
  launchProduct(
    recorder,
    `conv ${direction} ${input.shape.length - 2}`,
    size,
    (draft, part) => new ConvTexts(draft, call, part),
  );
}
