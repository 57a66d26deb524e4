/** The images to learn from: MNIST where it can be had, else digits that Akari draws itself. */

import { SyntheticDigits } from "@akari/data/synthetic";
import { DataLoader, type Dataset, DownloadError, type ImageBatch, type ImageDataset, type ImageSample, MNIST, Subset } from "akari";

/** Images to train with and to test with. */
export interface Digits {
  readonly train: Dataset<ImageSample, ImageBatch>;
  readonly test: ImageDataset;
  /** Where they are from, in words that can follow a comma. */
  readonly origin: string;
}

/**
 * Finds MNIST in `folder`, in `MNIST_DIR`, in the user's cache or on the network; draws digits where it is nowhere.
 *
 * @param limit how many of the training images are wanted; all, when it is left out.
 * @throws FileError when files of MNIST are there but damaged: whoever put them there should know.
 */
export async function loadDigits(folder: string | undefined, limit: number | undefined): Promise<Digits> {
  const root = folder === undefined ? {} : { root: folder };
  try {
    const train = await MNIST.load({ ...root, train: true });
    const test = await MNIST.load({ ...root, train: false });
    return { train: first(limit, train), test, origin: `from ${train.from}` };
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const train = new SyntheticDigits({ train: true, ...(limit === undefined ? {} : { length: limit }) });
    const test = new SyntheticDigits({ train: false });
    const places = [folder, process.env.MNIST_DIR, "your cache"].filter((place) => place !== undefined && place !== "");
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
