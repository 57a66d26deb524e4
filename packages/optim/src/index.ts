/**
 * Optimizers with parameter groups, and schedulers of their learning rates.
 *
 * @packageDocumentation
 */

export { AdaBelief, type AdaBeliefOptions } from "./adabelief.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { type Elements, ElementwiseOptimizer, type Memory, type Updated } from "./elementwise.ts";
export {
  type BaseOptions,
  Optimizer,
  type OptimizerStateDict,
  type ParamGroup,
  type ParamState,
  type ParamsArgument,
} from "./optimizer.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
