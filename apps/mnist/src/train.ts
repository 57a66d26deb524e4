/** How a network learns and how it is tested: the whole of it, as one would write it in PyTorch. */

import { type Backend, compile, nn, noGrad, type Optimizer, type Tensor } from "akari";
import { trainingStep } from "./step.ts";

const { crossEntropy } = nn.functional;

/** Images `[N, 1, 28, 28]` and the digits `[N]` on them. */
export type Batch = readonly [images: Tensor, labels: Tensor];

/**
 * One epoch: shows each batch to the model and takes a step toward a smaller loss.
 *
 * @param afterStep hears the loss of each step; when it answers `"stop"`, no further step is taken.
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

/** The model's answers on images that it has not seen: the digit it reads, and the cross-entropy, of each. */
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
