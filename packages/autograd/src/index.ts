/**
 * Reverse-mode automatic differentiation for `@akari/tensor`, with PyTorch's semantics.
 *
 * @packageDocumentation
 */

export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from "./anomaly.ts";
export { gradients } from "./formulas/derivative.ts";
export {
  Function,
  type FunctionClass,
  FunctionContext,
  onceDifferentiable,
  type SetupFunctionClass,
} from "./function.ts";
export {
  type BackwardManyOptions,
  backward,
  type DerivativeOptions,
  type GradientEach,
  type GradOptions,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  type TensorFunction,
  type Tensors,
  vhp,
  vjp,
  type WithProduct,
} from "./functional.ts";
export { type GradcheckOptions, gradcheck, gradgradcheck } from "./gradcheck.ts";
export {
  enableGrad,
  type GradModeGuard,
  isGradEnabled,
  noGrad,
  noGrad as inferenceMode,
  restoring,
  setGradEnabled,
} from "./mode.ts";
export { savedTensorsHooks } from "./saved-tensors-hooks.ts";
export { requiresGrad } from "./variable.ts";
