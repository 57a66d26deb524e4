/** The two networks of the demo: PyTorch's own MNIST example without its dropout, and a plain multilayer perceptron. */

import { nn, type Tensor } from "akari";

/** Two convolutions and two fully connected layers: about 99 % of MNIST after a few epochs. */
export class CNN extends nn.Module implements nn.Layer {
  readonly conv1 = new nn.Conv2d(1, 32, 3);
  readonly conv2 = new nn.Conv2d(32, 64, 3);
  readonly fc1 = new nn.Linear(9216, 128);
  readonly fc2 = new nn.Linear(128, 10);

  /** The ten logits `[N, 10]` of each image `[N, 1, 28, 28]`. */
  forward(images: Tensor): Tensor {
    let x = this.conv1(images).relu();
    x = this.conv2(x).relu();
    x = nn.functional.maxPool2d(x, 2).flatten(1);
    x = this.fc1(x).relu();
    return this.fc2(x);
  }
}

/** One hidden layer: trains in a few seconds, reads about 96 % of MNIST. */
export class MLP extends nn.Module implements nn.Layer {
  readonly fc1 = new nn.Linear(784, 128);
  readonly fc2 = new nn.Linear(128, 10);

  /** The ten logits `[N, 10]` of each image `[N, 1, 28, 28]`. */
  forward(images: Tensor): Tensor {
    return this.fc2(this.fc1(images.flatten(1)).relu());
  }
}
