/**
 * The learning rate that goes with averages of a model's weights, as in PyTorch's `torch.optim.swa_utils`. The averages
 * are in `@akari/nn/swa`.
 *
 * @packageDocumentation
 */

export { SWALR, type SWALROptions } from "./schedulers/swa-lr.ts";
