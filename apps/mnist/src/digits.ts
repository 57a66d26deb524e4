/** The images to learn from: MNIST where it can be had, else digits that Akari draws itself. */

import { SyntheticDigits } from "@akari/data/synthetic";
import {
  DataLoader,
  type Dataset,
  DownloadError,
  type ImageBatch,
  type ImageDataset,
  type ImageSample,
  MNIST,
  type MnistOptions,
  Subset,
} from "akari";

/** Images to train with and to test with. */
export interface Digits {
  readonly train: Dataset<ImageSample, ImageBatch>;
  readonly test: ImageDataset;
  /** Where they are from, in words that can follow a comma. */
  readonly origin: string;
}

/** Where to look for MNIST, and how much of it is wanted. */
export interface Search extends Pick<MnistOptions, "root" | "progress" | "attempts"> {
  /** The places that `MNIST.load` looks in before it downloads, for the message that it is in none of them. */
  readonly places: readonly string[];
  /** How many of the training images; all, when it is left out. */
  readonly limit?: number;
}

/**
 * Finds MNIST where `MNIST.load` looks for it, the network included; draws digits where it is nowhere.
 *
 * @throws FileError when files of MNIST are there but damaged: whoever put them there should know.
 */
export async function loadDigits({ places, limit, ...options }: Search): Promise<Digits> {
  try {
    const train = await MNIST.load({ ...options, train: true });
    const test = await MNIST.load({ ...options, train: false });
    return { train: first(limit, train), test, origin: `from ${train.from}` };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const train = new SyntheticDigits({ train: true, ...(limit === undefined ? {} : { length: limit }) });
    const test = new SyntheticDigits({ train: false });
    const trouble = error.message.replaceAll(/\s*\n\s*/g, " ");
    return {
      train,
      test,
      origin: `drawn by Akari, because MNIST is not in ${places.join(", not in ")}, and could not be downloaded (${trouble})`,
    };
  }
}

/** The training images in batches, each epoch in a new order that the default generator draws. */
export function trainLoader(digits: Digits, batchSize: number): DataLoader<ImageSample, ImageBatch> {
  return new DataLoader(digits.train, { batchSize, shuffle: true });
}

/** The test images in batches, in their order. */
export function testLoader(digits: Digits): DataLoader<ImageSample, ImageBatch> {
  return new DataLoader<ImageSample, ImageBatch>(digits.test, { batchSize: 250 });
}

function first(limit: number | undefined, images: ImageDataset): Dataset<ImageSample, ImageBatch> {
  if (limit === undefined || limit >= images.length) return images;
  return new Subset(
    images,
    Array.from({ length: limit }, (_, index) => index),
  );
}
