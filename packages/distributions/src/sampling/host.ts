/**
 * Draws that the host makes one by one, as PyTorch's CPU kernels do, from the parameters of each element: on devices that share the host's memory. In a compiled
 * function they are made anew with each call.
 */

import { bytesOf, type Generator, numbersOf, type Tensor, writeDrawn } from "@akari/tensor";

/** Whether the host can look at the memory of a tensor's device. */
export function isReadable(x: Tensor): boolean {
  return x.device.readSync !== undefined;
}

/**
 * Fills a tensor of float32 or float64 that lies in one piece with draws.
 *
 * @param parameters tensors of its shape, which `draw` gets the elements of.
 */
export function drawEach(
  to: Tensor,
  parameters: readonly Tensor[],
  generator: Generator,
  draw: (generator: Generator, ...parameters: number[]) => number,
): void {
  if (to.numel() === 0) return;
  writeDrawn(to.device, to.buffer, to.offset * bytesOf(to.dtype), () => {
    const values = parameters.map((x) => numbersOf(x.dataSync(), x.dtype));
    const drawn = to.dtype === "float64" ? new Float64Array(to.numel()) : new Float32Array(to.numel());
    for (let i = 0; i < drawn.length; i++) drawn[i] = draw(generator, ...values.map((each) => each[i] as number));
    return drawn;
  });
}
