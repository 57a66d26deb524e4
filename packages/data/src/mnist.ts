/**
 * MNIST and the datasets in its format.
 */

import type { IdxSearchOptions } from "./idx-search.ts";
import { fashionMnistSource, type IdxSource, kmnistSource, mnistSource } from "./idx-sources.ts";
import { ImageDataset, type ImageOptions, type ImageSource } from "./image-dataset.ts";

/** What `MNIST.load` and its relatives can be told. */
export interface MnistOptions extends ImageOptions, IdxSearchOptions {
  /** Whether to load the training images, or the test images. Default true. */
  readonly train?: boolean;
}

const searchOptions: readonly string[] = [
  "train",
  "root",
  "download",
  "fetch",
  "attempts",
  "backoff",
  "timeout",
  "progress",
  "files",
  "cache",
] satisfies readonly (keyof IdxSearchOptions | "train")[];

/**
 * Handwritten digits: 60,000 images of 28×28 to train with and 10,000 to test with.
 *
 * LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/;
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 *
 * @example
 * const training = await MNIST.load({ train: true });
 * const loader = new DataLoader(training, { batchSize: 64, shuffle: true });
 */
export class MNIST extends ImageDataset {
  /**
   * Finds the files in `root`, in the folder that `MNIST_DIR` names, or in the user's cache, or downloads them into it.
   *
   * @throws FileError when they are damaged; a DownloadError when they are nowhere to be had.
   */
  static async load(options: MnistOptions = {}): Promise<MNIST> {
    return new MNIST(await find(mnistSource, options), options, searchOptions);
  }
}

/**
 * Pieces of clothing, in MNIST's format: harder than digits.
 *
 * Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747;
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html
 */
export class FashionMNIST extends ImageDataset {
  /** Finds or downloads the files as `MNIST.load` does; the environment's folder is `FASHION_MNIST_DIR`. */
  static async load(options: MnistOptions = {}): Promise<FashionMNIST> {
    return new FashionMNIST(await find(fashionMnistSource, options), options, searchOptions);
  }
}

/**
 * Cursive Japanese characters, in MNIST's format.
 *
 * Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718;
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.KMNIST.html
 */
export class KMNIST extends ImageDataset {
  /** Finds or downloads the files as `MNIST.load` does; the environment's folder is `KMNIST_DIR`. */
  static async load(options: MnistOptions = {}): Promise<KMNIST> {
    return new KMNIST(await find(kmnistSource, options), options, searchOptions);
  }
}

async function find(source: IdxSource, options: MnistOptions): Promise<ImageSource> {
  // Before anything is fetched: an option that does not exist is refused here.
  new ImageDataset({ ...source, ...nothing }, options, searchOptions);
  const { findFiles } = await import("./find-split.ts");
  const { images, labels, from } = await findFiles(source, options.train ?? true, options);
  // safe: a split's images have three dimensions
  const [, height, width] = images.shape as readonly [number, number, number];
  // Safe: and are bytes, as its labels are.
  return { ...source, from, height, width, pixels: images.data as Uint8Array, digits: labels.data as Uint8Array };
}

const nothing = { from: "", height: 0, width: 0, pixels: new Uint8Array(), digits: new Uint8Array() };
