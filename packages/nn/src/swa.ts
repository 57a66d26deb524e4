/**
 * Averages of a model's weights, as in PyTorch's `torch.optim.swa_utils`. The learning rate that goes with them is in
 * `@akari/optim/swa`.
 *
 * @packageDocumentation
 */

export {
  AveragedModel,
  type AveragedModelOptions,
  type AverageFunction,
  getEmaAvgFn,
  updateBn,
} from "./averaged-model.ts";
