/**
 * `savedTensorsHooks`: what the tape saves for the backward pass is kept in another form, such as float16 or a file.
 */

import { DTypeError, expectFunction, expectShape, expectTensor, keep, type Tensor } from "@akari/tensor";
import { type GradModeGuard, noGrad, restoring } from "./mode.ts";
import { saving } from "./node.ts";

/**
 * Keeps what `pack` returns for each tensor that operations save for the backward pass while `fn` runs, or until the end
 * of the block with `using`. `unpack` turns it into a tensor of the same shape and dtype again, once, when a gradient
 * needs it. Parameters are saved like all other tensors; `pack` may return what it is given. Changes in place of what
 * was packed are not noticed.
 *
 * https://pytorch.org/docs/stable/autograd.html#torch.autograd.graph.saved_tensors_hooks
 *
 * @returns the result of `fn`.
 * @throws ArgumentError, in the backward pass too, when a hook is not a function or `unpack` returns no tensor.
 * @throws ShapeError and DTypeError, in the backward pass, when `unpack` returns one of another shape or dtype.
 * @example
 * // Activations take half of the memory until the backward pass.
 * const loss = savedTensorsHooks((x) => x.half(), (x) => x.float(), () => model(x).square().mean());
 */
export function savedTensorsHooks<Packed>(
  pack: (x: Tensor) => Packed,
  unpack: (packed: Packed) => Tensor,
): GradModeGuard;
export function savedTensorsHooks<Packed, T>(
  pack: (x: Tensor) => Packed,
  unpack: (packed: Packed) => Tensor,
  fn: () => T,
): T;
export function savedTensorsHooks<Packed, T>(
  pack: (x: Tensor) => Packed,
  unpack: (packed: Packed) => Tensor,
  fn?: () => T,
): T | GradModeGuard {
  const name = "savedTensorsHooks";
  expectFunction(name, pack);
  expectFunction(name, unpack);
  const outer = saving.by;
  saving.by = (x) => {
    const { shape, dtype } = x;
    const packed = noGrad(() => pack(x.detach()));
    let unpacked: Tensor | null = null;
    const read = (): Tensor => {
      if (unpacked !== null) return unpacked;
      const found = noGrad(() => unpack(packed));
      expectTensor(name, found);
      expectShape(name, "result", found, shape);
      if (found.dtype !== dtype) throw new DTypeError(`${name}: expected ${dtype}, got ${found.dtype}`);
      unpacked = keep(found.alias());
      return unpacked;
    };
    return {
      get tensor() {
        return read();
      },
      get version() {
        return read().storage.version;
      },
      drop: () => unpacked?.dispose(),
    };
  };
  const restore = () => {
    saving.by = outer;
  };
  return fn === undefined ? { [Symbol.dispose]: restore } : restoring(restore, fn);
}
