/** One training step, as one would write it in PyTorch. Compiled, its kernels run again without its JavaScript. */

import { compile, nn, type Optimizer, type Tensor } from "akari";

export const trainingStep = (model: nn.Layer, optimizer: Optimizer) =>
  compile((images: Tensor, labels: Tensor) => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(images), labels);
    loss.backward();
    optimizer.step();
    return loss;
  });
