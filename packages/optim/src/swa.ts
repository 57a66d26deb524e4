/**
 * The learning rate scheduler for stochastic weight averaging, as in PyTorch's `torch.optim.swa_utils`. The averaged
 * models are in `@akari/nn/swa`.
 *
 * @packageDocumentation
 */

export { SWALR, type SWALROptions } from "./schedulers/swa-lr.ts";
