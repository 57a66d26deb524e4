/**
 * Sampling element by element on the host, like PyTorch's CPU kernels, for devices that share the host's memory. A
 * compiled function draws new samples in each call.
 */

import { bytesOf, type Generator, type Tensor, type TypedArray, writeDrawn } from "@akari/tensor";

/** Whether the host can read the device of a tensor synchronously. */
export function isReadable(x: Tensor): boolean {
  return x.device.readSync !== undefined;
}

/**
 * Fills a contiguous float32 or float64 tensor with samples.
 *
 * @param parameters one or two tensors of its shape and dtype, whose elements are passed to `draw`.
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
    const [first, second = first] = values as [TypedArray, TypedArray?]; // safe: one per parameter
    for (let i = 0; i < count; i++) drawn[i] = draw(generator, first[i] as number, second[i] as number);
    return drawn;
  };
  writeDrawn(to.device, to.buffer, to.offset * bytesOf(to.dtype), each, parameters);
}
