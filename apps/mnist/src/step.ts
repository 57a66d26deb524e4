/** A training step, as in PyTorch. `compile` captures its kernel calls and replays them without its JavaScript. */

import { compile, nn, type Optimizer, type Tensor } from "akari";

const { crossEntropy } = nn.functional;

export const trainingStep = (model: nn.Layer, optimizer: Optimizer) =>
  compile((images: Tensor, labels: Tensor) => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model(images), labels);
    loss.backward();
    optimizer.step();
    return loss;
  });
