/**
 * Averages of a model's weights and the learning rate that goes with them, as in PyTorch's `torch.optim.swa_utils`, for
 * those who install `akari` alone: what `@akari/nn/swa` and `@akari/optim/swa` export.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/swa";
export * from "@akari/optim/swa";
