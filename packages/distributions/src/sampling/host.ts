/**
 * Draws that the host makes one by one, as PyTorch's CPU kernels do, from the parameters of each element: on devices
 * that share the host's memory. In a compiled function they are made anew with each call.
 */

import { bytesOf, type Generator, type Tensor, type TypedArray, writeDrawn } from "@akari/tensor";

/** Whether the host can look at the memory of a tensor's device. */
export function isReadable(x: Tensor): boolean {
  return x.device.readSync !== undefined;
}

/**
 * Fills a tensor of float32 or float64 that lies in one piece with draws.
 *
 * @param parameters one or two tensors of its shape and dtype, which `draw` gets the elements of.
 */
export function drawEach(
  to: Tensor,
  parameters: readonly Tensor[],
  generator: Generator,
  draw: (generator: Generator, first: number, second: number) => number,
): void {
  if (to.numel() === 0) return;
  const [wide, count] = [to.dtype === "float64", to.numel()];
  const each = (...values: readonly TypedArray[]) => {
    const drawn = wide ? new Float64Array(count) : new Float32Array(count);
    const [first, second = first] = values as [TypedArray, TypedArray?]; // safe: as many as parameters
    for (let i = 0; i < count; i++) drawn[i] = draw(generator, first[i] as number, second[i] as number);
    return drawn;
  };
  writeDrawn(to.device, to.buffer, to.offset * bytesOf(to.dtype), each, parameters);
}
