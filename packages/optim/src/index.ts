/**
 * Optimizers with parameter groups, and learning rate schedulers.
 *
 * @packageDocumentation
 */

export { AdaBelief, type AdaBeliefOptions } from "./adabelief.ts";
export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { ASGD, type ASGDOptions } from "./asgd.ts";
export { checkBetas, checkFraction, checkNotNegative } from "./checks.ts";
export { type Elements, ElementwiseOptimizer, type Scalars, type Updated } from "./elementwise.ts";
export { LBFGS, type LBFGSOptions } from "./lbfgs.ts";
export * as lrScheduler from "./lr-scheduler.ts";
export { NAdam, type NAdamOptions } from "./nadam.ts";
export {
  type BaseOptions,
  type GroupArgument,
  type Memory,
  Optimizer,
  type OptimizerStateDict,
  type ParamGroup,
  type ParamState,
  type ParamsArgument,
  type StepHook,
  type TensorsArgument,
} from "./optimizer.ts";
export { type ParameterUpdate, ParameterwiseOptimizer } from "./parameterwise.ts";
export { RAdam, type RAdamOptions } from "./radam.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { Rprop, type RpropOptions } from "./rprop.ts";
export {
  CyclicLR,
  type CyclicOptions,
  type MomentumOptions,
  OneCycleLR,
  type OneCycleOptions,
} from "./schedulers/cycle.ts";
export { type PlateauOptions, ReduceLROnPlateau } from "./schedulers/plateau.ts";
export {
  ConstantLR,
  type ConstantLROptions,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  type CosineOptions,
  LinearLR,
  type LinearLROptions,
  PolynomialLR,
  type PolynomialLROptions,
  type WarmRestartsOptions,
} from "./schedulers/ramp.ts";
export { LRScheduler, type Scheduler, type SchedulerOptions, type SchedulerState } from "./schedulers/scheduler.ts";
export { ChainedScheduler, SequentialLR } from "./schedulers/sequential.ts";
export {
  ExponentialLR,
  type GammaOptions,
  LambdaLR,
  MultiplicativeLR,
  MultiStepLR,
  StepLR,
} from "./schedulers/step.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
