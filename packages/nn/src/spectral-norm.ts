/**
 * Spectral normalization: divides a weight by its largest singular value.
 */

import { noGrad } from "@akari/autograd";
import {
  ArgumentError,
  checkInteger,
  dimension,
  isOptions,
  mv,
  normal_,
  normalize,
  settings,
  type Tensor,
} from "@akari/tensor";
import { ConvTransposeNd } from "./conv-transpose.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { parameterOf, reparametrize, restore } from "./reparametrization.ts";
import { snakeCase } from "./state-name.ts";

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  /** Number of power iterations per call in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Lower bound of the norms that vectors are divided by. Default 1e-12. */
  readonly eps?: number;
  /** Dimension that forms the rows of the matrix. Default 0, or 1 for transposed convolutions. */
  readonly dim?: number;
}

/**
 * Applies spectral normalization to a parameter of a module. It is replaced with the parameter `weight_orig`, from
 * which it is computed before each call of the module. Calling `forward` directly does not compute it. The buffers
 * `weight_u` and `weight_v` approach the singular vectors during training. Returns the module.
 *
 *     w = w_orig / (uᵀ W v)        W: w_orig as a matrix, with dimension `dim` as its rows
 *
 * Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
 *
 * @param name Name of the parameter. Default "weight". May be left out before options.
 * @throws ArgumentError when there is no such parameter, or when it is already reparametrized, a scalar or empty.
 * @example
 * const layer = spectralNorm(new Linear(20, 40));
 * // stateDict: bias, weight_orig, weight_u [40], weight_v [20]
 */
export function spectralNorm<M extends Module>(
  module: M,
  name: string | SpectralNormOptions = "weight",
  options?: SpectralNormOptions,
): M {
  if (isOptions(name)) return spectralNorm(module, "weight", name);
  const weight = parameterOf("spectralNorm", module, name);
  const { nPowerIterations, eps, dim } = settings("spectralNorm", options, {
    nPowerIterations: 1,
    eps: 1e-12,
    dim: module instanceof ConvTransposeNd ? 1 : 0,
  });
  checkInteger("spectralNorm", "nPowerIterations", nPowerIterations, 1);
  if (weight.numel() === 0 || weight.ndim === 0)
    throw new ArgumentError(`spectralNorm: "${name}" must not be a scalar or empty, got shape [${weight.shape}]`);
  const at = dimension("spectralNorm", dim, weight);
  const [original, left, right] = ["orig", "u", "v"].map((part) => `${snakeCase(name)}_${part}`) as [
    string,
    string,
    string,
  ]; // safe: three
  const [rows, size] = [weight.shape[at] as number, weight.numel()];
  const part = (of: Module, property: string) => Reflect.get(of, property) as Tensor; // safe: they are set below
  const matrix = (of: Module) => part(of, original).movedim(at, 0).flatten(1).reshape([rows, -1]);
  const unit = (x: Tensor) => normalize(x, { dim: 0, eps });
  Reflect.set(module, original, new Parameter(weight.detach()));
  for (const [property, length] of [
    [left, rows],
    [right, size / rows],
  ] as const)
    module.registerBuffer(property, unit(normal_(weight.newEmpty([length]))));
  const divided = (of: Module, u: Tensor, v: Tensor) => part(of, original).div(u.dot(mv(matrix(of), v)));
  const compute = (of: Module): Tensor => {
    const [u, v] = [part(of, left), part(of, right)];
    if (of.training) {
      noGrad(() => {
        for (let i = 0; i < nPowerIterations; i++) {
          v.copy_(unit(mv(matrix(of).t(), u)));
          u.copy_(unit(mv(matrix(of), v)));
        }
      });
    }
    // The buffers are cloned, since a second call before the backward pass would change them.
    return divided(of, u.clone(), v.clone());
  };
  const final = (of: Module) => divided(of, part(of, left), part(of, right));
  // An ordinary tensor with the unnormalized weight, until the first call.
  Reflect.set(module, name, weight.detach());
  reparametrize(module, name, [original, left, right], compute, final);
  return module;
}

/**
 * Removes spectral normalization: the normalized weight becomes a parameter again. Returns the module.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.remove_spectral_norm.html
 *
 * @throws ArgumentError when the parameter has no spectral normalization.
 */
export function removeSpectralNorm<M extends Module>(module: M, name = "weight"): M {
  return restore("removeSpectralNorm", module, name);
}
