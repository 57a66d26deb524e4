/**
 * Weight normalization: learns the norm and the direction of a weight separately.
 */

import { dimension, norm, type Tensor } from "@akari/tensor";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { parameterOf, reparametrize, restore } from "./reparametrization.ts";
import { snakeCase } from "./state-name.ts";

/** Returns the norm at each index of a dimension, with the other sizes 1, or a single norm. */
export function lengths(x: Tensor, dim: number | null): Tensor {
  const rest = dim === null ? null : x.shape.flatMap((_, i) => (i === dim ? [] : [i]));
  return norm(x, 2, rest, { keepdim: rest !== null });
}

/**
 * Applies weight normalization to a parameter of a module. It is replaced with two parameters, the norm `weight_g` and
 * the direction `weight_v`, from which it is computed before each call of the module. Calling `forward` directly does
 * not compute it. Returns the module.
 *
 *     w = g · v / ‖v‖
 *
 * Salimans & Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
 *
 * @param name Name of the parameter. Default "weight".
 * @param dim Dimension along which each index has its own norm, or null for a single norm. Default 0.
 * @throws ArgumentError when there is no such parameter, or it is already reparametrized.
 * @example
 * const layer = weightNorm(new Linear(20, 40)); // stateDict: bias, weight_g [40, 1], weight_v [40, 20]
 */
export function weightNorm<M extends Module>(module: M, name = "weight", dim: number | null = 0): M {
  const weight = parameterOf("weightNorm", module, name);
  const [g, v] = [`${snakeCase(name)}_g`, `${snakeCase(name)}_v`];
  const at = dim === null ? null : dimension("weightNorm", dim, weight);
  Reflect.set(module, g, new Parameter(lengths(weight.detach(), at)));
  Reflect.set(module, v, new Parameter(weight.detach()));
  const compute = (of: Module): Tensor => {
    const [length, direction] = [Reflect.get(of, g), Reflect.get(of, v)] as [Tensor, Tensor]; // safe: set above
    return direction.mul(length.div(lengths(direction, at)));
  };
  Reflect.set(module, name, compute(module));
  reparametrize(module, name, [g, v], compute);
  return module;
}

/**
 * Removes weight normalization: the weight becomes a parameter again. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 *
 * @throws ArgumentError when the parameter has no weight normalization.
 */
export function removeWeightNorm<M extends Module>(module: M, name = "weight"): M {
  return restore("removeWeightNorm", module, name);
}
