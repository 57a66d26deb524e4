/**
 * Weight normalisation: a weight's length and its direction are learned apart.
 */

import { dimension, type Tensor } from "@akari/tensor";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { parameterOf, reparametrize, restore } from "./reparametrization.ts";
import { snakeCase } from "./state-name.ts";

/**
 * Replaces a parameter by two, `weight_g`, its length for each index of a dimension, and `weight_v`, its direction, of
 * which it is computed before each call of the module (of the module itself, not of `forward`). Returns the module.
 *
 *     w = g · v / ‖v‖
 *
 * Salimans & Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
 *
 * @param name the property, default "weight". @param dim the dimension whose parts have lengths of their own, default
 * 0; null: one length for all.
 * @throws ArgumentError when there is no such parameter, or it was replaced already.
 * @example
 * const layer = weightNorm(new Linear(20, 40)); // stateDict: bias, weight_g [40, 1], weight_v [40, 20]
 */
export function weightNorm<M extends Module>(module: M, name = "weight", dim: number | null = 0): M {
  const weight = parameterOf("weightNorm", module, name);
  const [g, v] = [`${snakeCase(name)}_g`, `${snakeCase(name)}_v`];
  const at = dim === null ? null : dimension("weightNorm", dim, weight.ndim);
  const rest = at === null ? null : weight.shape.flatMap((_, i) => (i === at ? [] : [i]));
  const lengths = (x: Tensor) => x.norm(2, rest, { keepdim: rest !== null });
  Reflect.set(module, g, new Parameter(lengths(weight.detach())));
  Reflect.set(module, v, new Parameter(weight.detach()));
  const compute = (of: Module): Tensor => {
    const [length, direction] = [Reflect.get(of, g), Reflect.get(of, v)] as [Tensor, Tensor]; // safe: set above
    return direction.mul(length.div(lengths(direction)));
  };
  Reflect.set(module, name, compute(module));
  reparametrize(module, name, [g, v], compute);
  return module;
}

/**
 * Undoes `weightNorm`: the weight is a parameter again.
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
 */
export function removeWeightNorm<M extends Module>(module: M, name = "weight"): M {
  return restore("removeWeightNorm", module, name);
}
