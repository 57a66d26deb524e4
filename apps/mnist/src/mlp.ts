/** A multilayer perceptron: trains in a few seconds, with about 96 % accuracy on MNIST. */

import { nn, type Tensor } from "akari";

/** One hidden layer. */
export class MLP extends nn.Module implements nn.Layer {
  readonly fc1 = new nn.Linear(784, 128);
  readonly fc2 = new nn.Linear(128, 10);

  /** Computes the logits `[N, 10]` of images `[N, 1, 28, 28]`. */
  forward(images: Tensor): Tensor {
    return this.fc2(this.fc1(images.flatten(1)).relu());
  }
}
