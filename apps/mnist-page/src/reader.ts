/** Classifies images with a network. */

import { type Backend, compile, ImageDataset, type nn, noGrad, type Tensor } from "akari";
import { SIDE } from "./center.ts";

/** A function that returns ten probabilities for each image. */
export type Reader = (pixels: Uint8Array) => Promise<Float32Array>;

/** Creates a reader that uses the current weights of a network. It can be called between training steps. */
export async function reader(model: nn.Layer, device: Backend): Promise<Reader> {
  const read = await compile((images: Tensor) => noGrad(() => model(images).softmax(1)));
  return async (pixels) => {
    const count = pixels.length / (SIDE * SIDE);
    const images = new ImageDataset({ ...about, pixels, digits: new Uint8Array(count) });
    const [batch] = images.batch?.(Array.from({ length: count }, (_, i) => i)) ?? [];
    if (batch === undefined) throw new TypeError("images without a transform come in batches");
    return Float32Array.from(await read(batch.to(device)).data());
  };
}

/** The normalization is that of MNIST, which the generated digits use, too. */
const about = {
  name: "images to read",
  from: "this page",
  height: SIDE,
  width: SIDE,
  classes: [],
  mean: 0.1307,
  std: 0.3081,
};
