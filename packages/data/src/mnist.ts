/**
 * MNIST and the datasets in the same format.
 */

import type { IdxSearchOptions } from "./idx-search.ts";
import { fashionMnistSource, kmnistSource, mnistSource } from "./idx-sources.ts";
import { ImageDataset, type ImageOptions } from "./image-dataset.ts";
import type { loadImages } from "./load-images.ts";

/** Options of `MNIST.load`, `FashionMNIST.load` and `KMNIST.load`. */
export interface MnistOptions extends ImageOptions, IdxSearchOptions {
  /** Whether to load the training split rather than the test split. Default true. */
  readonly train?: boolean;
}

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
    return load(MNIST, mnistSource, options);
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
    return load(FashionMNIST, fashionMnistSource, options);
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
    return load(KMNIST, kmnistSource, options);
  }
}

const load: typeof loadImages = async (...given) => (await import("./load-images.ts")).loadImages(...given);
