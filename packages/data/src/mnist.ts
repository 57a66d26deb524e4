/**
 * MNIST and the datasets in the same format.
 */

import type { IdxSearchOptions } from "./idx-search.ts";
import { fashionMnistSource, type IdxSource, kmnistSource, mnistSource } from "./idx-sources.ts";
import { ImageDataset, type ImageOptions, type ImageSource } from "./image-dataset.ts";

/** Options of `MNIST.load`, `FashionMNIST.load` and `KMNIST.load`. */
export interface MnistOptions extends ImageOptions, IdxSearchOptions {
  /** Whether to load the training split rather than the test split. Default true. */
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
 * The MNIST dataset of handwritten digits: 60,000 training and 10,000 test images of 28×28 pixels.
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
   * Loads a split from `root`, from the folder named by `MNIST_DIR`, or from the user's cache. Files that are not found
   * are downloaded to the cache.
   *
   * @throws FileError when the files are damaged.
   * @throws DownloadError when the files are not found and cannot be downloaded.
   * @throws ArgumentError for an unknown option or an invalid value.
   */
  static async load(options: MnistOptions = {}): Promise<MNIST> {
    return new MNIST(await find(mnistSource, options), options, searchOptions);
  }
}

/**
 * The Fashion-MNIST dataset of articles of clothing: 60,000 training and 10,000 test images of 28×28 pixels.
 *
 * Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747;
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html
 */
export class FashionMNIST extends ImageDataset {
  /** Loads a split as `MNIST.load` does, with the environment variable `FASHION_MNIST_DIR`. */
  static async load(options: MnistOptions = {}): Promise<FashionMNIST> {
    return new FashionMNIST(await find(fashionMnistSource, options), options, searchOptions);
  }
}

/**
 * The Kuzushiji-MNIST dataset of cursive Japanese characters: 60,000 training and 10,000 test images of 28×28 pixels.
 *
 * Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718;
 * https://pytorch.org/vision/stable/generated/torchvision.datasets.KMNIST.html
 */
export class KMNIST extends ImageDataset {
  /** Loads a split as `MNIST.load` does, with the environment variable `KMNIST_DIR`. */
  static async load(options: MnistOptions = {}): Promise<KMNIST> {
    return new KMNIST(await find(kmnistSource, options), options, searchOptions);
  }
}

async function find(source: IdxSource, options: MnistOptions): Promise<ImageSource> {
  // Checks the options before anything is fetched.
  new ImageDataset({ ...source, ...nothing }, options, searchOptions);
  const { findFiles } = await import("./find-split.ts");
  const { images, labels, from } = await findFiles(source, options.train ?? true, options);
  // safe: a split's images have three dimensions
  const [, height, width] = images.shape as readonly [number, number, number];
  // safe: `findFiles` checks that images and labels are bytes
  return { ...source, from, height, width, pixels: images.data as Uint8Array, digits: labels.data as Uint8Array };
}

const nothing = { from: "", height: 0, width: 0, pixels: new Uint8Array(), digits: new Uint8Array() };
