/**
 * Layers that take their number of input channels from the first input, and their device and dtype unless given. The
 * first call turns a lazy layer into the ordinary one and initializes it. Until then it has no parameters, and asking
 * for them is an error: call the model once before it is moved, saved or given to an optimizer.
 *
 * @packageDocumentation
 */

import { ArgumentError, changed, keep, shapeError, shapeOf, Tensor } from "@akari/tensor";
import { Conv1d, Conv2d, Conv3d } from "./conv.ts";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "./conv-transpose.ts";
import { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./instance-norm.ts";
import { type FactoryOptions, Linear } from "./linear.ts";
import { type Layer, Module, stateOf } from "./module.ts";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./norm.ts";

/** A layer's constructor without its first argument, the number of input channels. */
export type Lazy<Constructor> = Constructor extends new (
  channels: number,
  ...rest: infer Rest
) => infer M
  ? new (
      ...rest: Rest
    ) => M
  : never;

/** Makes a module into another one, whose class and properties it takes over. Its hooks and its mode remain. */
function become(module: Module, other: Module): void {
  other.train(module.training);
  for (const key of Reflect.ownKeys(other)) {
    const property = Object.getOwnPropertyDescriptor(other, key) as PropertyDescriptor; // safe: it has the key
    Object.defineProperty(module, key, property);
    // The parameters outlive a scope around the first call.
    if (property.value instanceof Tensor) keep(property.value);
  }
  for (const [name, persistent] of stateOf(other).buffers) stateOf(module).buffers.set(name, persistent);
  Object.setPrototypeOf(module, Object.getPrototypeOf(other));
  changed();
}

/**
 * Creates the lazy form of a layer.
 *
 * @param dim the dimension of the input that holds the channels.
 * @param before the number of the constructor's arguments between the channels and the options.
 */
function lazy<C extends new (channels: number, ...rest: never[]) => Layer>(
  name: string,
  Ordinary: C,
  dim: number,
  before: number,
): Lazy<C> {
  class LazyLayer extends Module {
    static override name = name;
    readonly args: readonly unknown[];

    constructor(...args: readonly unknown[]) {
      super();
      this.args = args;
    }

    forward(input: Tensor): Tensor {
      const channels = shapeOf(name, input).at(dim);
      if (channels === undefined) throw shapeError(name, `a dimension ${dim} with the channels`, input);
      const { args } = this;
      const options: FactoryOptions = { device: input.device, dtype: input.dtype, ...(args[before] as object) };
      // Safe: the arguments are those that the types ask for.
      const layer = new Ordinary(channels, ...([...args.slice(0, before), options] as never[]));
      Reflect.deleteProperty(this, "args");
      become(this, layer);
      return this.forward(input);
    }

    protected override ownParameters(): never {
      throw new ArgumentError(`${name}: the parameters are created by the first call; call the model once before this`);
    }
  }
  return LazyLayer as unknown as Lazy<C>; // safe: the first call makes it one
}

/**
 * `Linear` whose `inFeatures` is the size of the first input's last dimension.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
 *
 * @example
 * import { LazyLinear } from "@akari/nn/lazy";
 * const layer = new LazyLinear(10);
 * layer(ones([64, 784])).shape; // [64, 10]
 * layer.weight.shape; // [10, 784]
 */
export const LazyLinear: Lazy<typeof Linear> = /* @__PURE__ */ lazy("LazyLinear", Linear, -1, 1);

/**
 * `Conv1d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 */
export const LazyConv1d: Lazy<typeof Conv1d> = /* @__PURE__ */ lazy("LazyConv1d", Conv1d, -2, 2);

/**
 * `Conv2d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
 */
export const LazyConv2d: Lazy<typeof Conv2d> = /* @__PURE__ */ lazy("LazyConv2d", Conv2d, -3, 2);

/**
 * `Conv3d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
 */
export const LazyConv3d: Lazy<typeof Conv3d> = /* @__PURE__ */ lazy("LazyConv3d", Conv3d, -4, 2);

/**
 * `ConvTranspose1d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
 */
export const LazyConvTranspose1d: Lazy<typeof ConvTranspose1d> = /* @__PURE__ */ lazy(
  "LazyConvTranspose1d",
  ConvTranspose1d,
  -2,
  2,
);

/**
 * `ConvTranspose2d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html
 */
export const LazyConvTranspose2d: Lazy<typeof ConvTranspose2d> = /* @__PURE__ */ lazy(
  "LazyConvTranspose2d",
  ConvTranspose2d,
  -3,
  2,
);

/**
 * `ConvTranspose3d` whose `inChannels` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html
 */
export const LazyConvTranspose3d: Lazy<typeof ConvTranspose3d> = /* @__PURE__ */ lazy(
  "LazyConvTranspose3d",
  ConvTranspose3d,
  -4,
  2,
);

/**
 * `BatchNorm1d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
 */
export const LazyBatchNorm1d: Lazy<typeof BatchNorm1d> = /* @__PURE__ */ lazy("LazyBatchNorm1d", BatchNorm1d, 1, 0);

/**
 * `BatchNorm2d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
 */
export const LazyBatchNorm2d: Lazy<typeof BatchNorm2d> = /* @__PURE__ */ lazy("LazyBatchNorm2d", BatchNorm2d, 1, 0);

/**
 * `BatchNorm3d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
 */
export const LazyBatchNorm3d: Lazy<typeof BatchNorm3d> = /* @__PURE__ */ lazy("LazyBatchNorm3d", BatchNorm3d, 1, 0);

/**
 * `InstanceNorm1d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
 */
export const LazyInstanceNorm1d: Lazy<typeof InstanceNorm1d> = /* @__PURE__ */ lazy(
  "LazyInstanceNorm1d",
  InstanceNorm1d,
  -2,
  0,
);

/**
 * `InstanceNorm2d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
 */
export const LazyInstanceNorm2d: Lazy<typeof InstanceNorm2d> = /* @__PURE__ */ lazy(
  "LazyInstanceNorm2d",
  InstanceNorm2d,
  -3,
  0,
);

/**
 * `InstanceNorm3d` whose `numFeatures` is the number of channels of the first input.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
 */
export const LazyInstanceNorm3d: Lazy<typeof InstanceNorm3d> = /* @__PURE__ */ lazy(
  "LazyInstanceNorm3d",
  InstanceNorm3d,
  -4,
  0,
);
