/** The network of PyTorch's MNIST example, without dropout: about 99 % accuracy on MNIST after a few epochs. */

import { nn, type Tensor } from "akari";

/** Two convolutions and two fully connected layers. */
export class CNN extends nn.Module implements nn.Layer {
  readonly conv1 = new nn.Conv2d(1, 32, 3);
  readonly conv2 = new nn.Conv2d(32, 64, 3);
  readonly fc1 = new nn.Linear(9216, 128);
  readonly fc2 = new nn.Linear(128, 10);

  /** Computes the logits `[N, 10]` of images `[N, 1, 28, 28]`. */
  forward(images: Tensor): Tensor {
    let x = this.conv1(images).relu();
    x = this.conv2(x).relu();
    x = nn.functional.maxPool2d(x, 2).flatten(1);
    x = this.fc1(x).relu();
    return this.fc2(x);
  }
}
