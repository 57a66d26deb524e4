/**
 * The learning rate schedulers, under the name of `torch.optim.lr_scheduler`.
 *
 * @packageDocumentation
 */

export { CyclicLR, OneCycleLR } from "./schedulers/cycle.ts";
export { ReduceLROnPlateau } from "./schedulers/plateau.ts";
export {
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  LinearLR,
  PolynomialLR,
} from "./schedulers/ramp.ts";
export { LRScheduler } from "./schedulers/scheduler.ts";
export { ChainedScheduler, SequentialLR } from "./schedulers/sequential.ts";
export { ExponentialLR, LambdaLR, MultiplicativeLR, MultiStepLR, StepLR } from "./schedulers/step.ts";
