/**
 * Clipping of gradients, normalized weights, parameters as one vector, and sequences of different lengths, under the
 * names of `torch.nn.utils`.
 *
 * @packageDocumentation
 */

export { clipGradNorm_, clipGradsWithNorm_, clipGradValue_, getTotalNorm } from "./clip.ts";
export { parametersToVector, vectorToParameters } from "./parameter-list.ts";
export * as rnn from "./rnn.ts";
export { removeSpectralNorm, spectralNorm } from "./spectral-norm.ts";
export { removeWeightNorm, weightNorm } from "./weight-norm.ts";
