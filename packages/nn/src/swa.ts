/**
 * Averages of a model's weights, as in PyTorch's `torch.optim.swa_utils`. The matching learning rate schedule is in
 * `@akari/optim/swa`.
 *
 * @packageDocumentation
 */

export {
  AveragedModel,
  type AveragedModelOptions,
  type AverageFunction,
  getEmaAvgFn,
  getSwaAvgFn,
  updateBn,
} from "./averaged-model.ts";
