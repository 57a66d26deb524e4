/**
 * The implementation of `MNIST.load` and its relatives, which is loaded on demand.
 */

import { findFiles, searchOptions } from "./find-split.ts";
import type { IdxSource } from "./idx-sources.ts";
import type { ImageDataset } from "./image-dataset.ts";
import type { MnistOptions } from "./mnist.ts";

const nothing = { from: "", height: 0, width: 0, pixels: new Uint8Array(), digits: new Uint8Array() };

/** Finds the images of a split and creates their dataset. */
export async function loadImages<Images>(
  Dataset: new (...given: ConstructorParameters<typeof ImageDataset>) => Images,
  source: IdxSource,
  options: MnistOptions,
): Promise<Images> {
  // Checks the options before anything is fetched.
  new Dataset({ ...source, ...nothing }, options, searchOptions);
  const { images, labels, from } = await findFiles(source, options.train ?? true, options);
  // safe: a split's images have three dimensions
  const [, height, width] = images.shape as readonly [number, number, number];
  // safe: `findFiles` checks that images and labels are bytes
  const [pixels, digits] = [images.data as Uint8Array, labels.data as Uint8Array];
  return new Dataset({ ...source, from, height, width, pixels, digits }, options, searchOptions);
}
