/**
 * Fusion of a batch normalization into the layer before it, as in PyTorch's `torch.nn.utils.fusion`. In evaluation mode
 * both are linear, so one layer with other weights does the same.
 *
 * @packageDocumentation
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, expected, type Tensor } from "@akari/tensor";
import { type Conv1d, type Conv2d, type Conv3d, ConvolutionLayer } from "./conv.ts";
import { type ConvTranspose1d, type ConvTranspose2d, type ConvTranspose3d, ConvTransposeNd } from "./conv-transpose.ts";
import { deepcopy } from "./deepcopy.ts";
import { Linear } from "./linear.ts";
import { type BatchNorm1d, type BatchNorm2d, type BatchNorm3d, BatchNormNd } from "./norm.ts";
import { Parameter } from "./parameter.ts";

/** A convolution or a transposed convolution. */
export type Convolution = Conv1d | Conv2d | Conv3d | ConvTranspose1d | ConvTranspose2d | ConvTranspose3d;

/** A batch normalization. */
export type BatchNorm = BatchNorm1d | BatchNorm2d | BatchNorm3d;

/**
 * Returns a copy of `layer` with the weights and the bias of both layers together.
 *
 * @param outputs the number of output channels.
 * @param scaled multiplies the weight by a factor for each output channel.
 */
function fused<Layer extends ConvolutionLayer | Linear>(
  operation: string,
  layer: Layer,
  bn: BatchNormNd,
  outputs: number,
  scaled: (weight: Tensor, factors: Tensor) => Tensor,
): Layer {
  if (!(bn instanceof BatchNormNd)) expected(operation, "a batch normalization", bn);
  const { runningMean, runningVar, numFeatures } = bn;
  if (layer.training || bn.training)
    throw new ArgumentError(`${operation}: both layers must be in evaluation mode; call eval() first`);
  if (runningMean === null || runningVar === null)
    throw new ArgumentError(`${operation}: the normalization has no running statistics: ${bn}`);
  if (numFeatures !== outputs)
    throw new ArgumentError(
      `${operation}: the normalization has ${numFeatures} channels, but the layer before it ${outputs}`,
    );
  return noGrad(() => {
    const copy = deepcopy(layer);
    const factors = runningVar
      .add(bn.eps)
      .rsqrt()
      .mul(bn.weight ?? 1);
    const shifted = layer.bias === null ? runningMean.neg() : layer.bias.sub(runningMean);
    const { dtype } = layer.weight;
    copy.weight = new Parameter(scaled(layer.weight, factors).to(dtype));
    copy.bias = new Parameter(
      shifted
        .mul(factors)
        .add(bn.bias ?? 0)
        .to(dtype),
    );
    return copy;
  });
}

/**
 * Returns a convolution that does the same as `conv` followed by `bn`, both in evaluation mode. Transposed convolutions
 * are supported. The layers remain as they are.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
 *
 * @throws ArgumentError unless `conv` is a convolution and `bn` a batch normalization of its channels with running
 * statistics, both in evaluation mode.
 * @example
 * import { fuseConvBnEval } from "@akari/nn/fusion";
 * const layer = fuseConvBnEval(conv, bn); // layer(x) is bn(conv(x))
 */
export function fuseConvBnEval<Layer extends Convolution>(conv: Layer, bn: BatchNorm): Layer {
  if (!(conv instanceof ConvolutionLayer)) expected("fuseConvBnEval", "a convolution", conv);
  const { outChannels, groups, weight } = conv;
  const kernel = weight.shape.slice(2);
  const ones = kernel.map(() => 1);
  return fused("fuseConvBnEval", conv, bn, outChannels, (w, factors) =>
    conv instanceof ConvTransposeNd
      ? w
          .reshape([groups, -1, outChannels / groups, ...kernel])
          .mul(factors.reshape([groups, 1, -1, ...ones]))
          .reshape(w.shape)
      : w.mul(factors.reshape([-1, 1, ...ones])),
  );
}

/**
 * Returns a linear layer that does the same as `linear` followed by `bn`, both in evaluation mode. The layers remain as
 * they are.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_eval.html
 *
 * @throws ArgumentError unless `linear` is a linear layer and `bn` a batch normalization of its outputs with running
 * statistics, both in evaluation mode.
 */
export function fuseLinearBnEval(linear: Linear, bn: BatchNorm): Linear {
  if (!(linear instanceof Linear)) expected("fuseLinearBnEval", "a linear layer", linear);
  return fused("fuseLinearBnEval", linear, bn, linear.outFeatures, (w, factors) => w.mul(factors.reshape([-1, 1])));
}
