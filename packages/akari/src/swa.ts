/**
 * Stochastic weight averaging, as in PyTorch's `torch.optim.swa_utils`: re-exports `@akari/nn/swa` and
 * `@akari/optim/swa`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/swa";
export * from "@akari/optim/swa";
