/** Training and testing of a network, as in PyTorch. */

import { type Backend, compile, nn, noGrad, type Optimizer, type Tensor } from "akari";
import { trainingStep } from "./step.ts";

const { crossEntropy } = nn.functional;

/** Images `[N, 1, 28, 28]` and their labels `[N]`. */
export type Batch = readonly [images: Tensor, labels: Tensor];

/**
 * Trains the model for one epoch.
 *
 * @param afterStep called with the loss of each step. If it resolves to `"stop"`, the epoch ends.
 */
export async function train(
  model: nn.Layer,
  device: Backend,
  loader: AsyncIterable<Batch>,
  optimizer: Optimizer,
  afterStep: (loss: Tensor) => Promise<"go on" | "stop">,
): Promise<void> {
  model.train();
  const step = await trainingStep(model, optimizer);
  for await (const [images, labels] of loader) {
    const loss = step(images.to(device), labels.to(device));
    if ((await afterStep(loss)) === "stop") return;
  }
}

/** Tests the model. Returns the predicted class and the cross-entropy of each image. */
export async function test(
  model: nn.Layer,
  device: Backend,
  loader: AsyncIterable<Batch>,
): Promise<{ predictions: number[]; losses: number[] }> {
  model.eval();
  const read = await compile((images: Tensor) => noGrad(() => model(images)));
  const predictions: number[] = [];
  const losses: number[] = [];
  for await (const [images, labels] of loader) {
    const logits = read(images.to(device));
    predictions.push(...(await logits.argmax(1).data()));
    losses.push(...(await crossEntropy(logits, labels.to(device), { reduction: "none" }).data()));
  }
  return { predictions, losses };
}
