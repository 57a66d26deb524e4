/**
 * The datasets in the format of MNIST: their names, classes and statistics. The rest is loaded on demand.
 */

/** The checksum of a file. */
export interface Checksum {
  /**
   * Whether it is the checksum of the gzip file as published (`packed`) or of its decompressed contents (`unpacked`).
   */
  readonly of: "packed" | "unpacked";
  /** MD5 digest as 32 lowercase hexadecimal digits. */
  readonly md5: string;
}

/** Where the four files of a dataset are published. */
export interface IdxOrigin {
  /** Base URLs, to which a file name is appended. */
  readonly mirrors: readonly string[];
  /** Checksums of the files, which downloads must match. */
  readonly checksums: Readonly<Record<IdxFile, Checksum>>;
}

/** A dataset of four IDX files. */
export interface IdxSource {
  /** Name of the dataset in messages, and of its folder in the cache. */
  readonly name: string;
  /** Environment variable that names its folder. */
  readonly variable: string;
  /** Loads where the files are published. A function, because only downloads need it. */
  readonly origin: () => Promise<IdxOrigin>;
  /** Names of the classes, by class index. */
  readonly classes: readonly string[];
  /** Mean of the training pixels, scaled to [0, 1]. */
  readonly mean: number;
  /** Standard deviation of the training pixels, scaled to [0, 1]. */
  readonly std: number;
}

/** One of the four files, by the stem of its name. */
export type IdxFile = "train-images" | "train-labels" | "t10k-images" | "t10k-labels";

/** MNIST: handwritten digits. LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/ */
export const mnistSource: IdxSource = {
  name: "MNIST",
  variable: "MNIST_DIR",
  origin: async () => (await import("./idx-origins.ts")).mnist,
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mean: 0.1307,
  std: 0.3081,
};

/** Fashion-MNIST: articles of clothing. Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747 */
export const fashionMnistSource: IdxSource = {
  name: "FashionMNIST",
  variable: "FASHION_MNIST_DIR",
  origin: async () => (await import("./idx-origins.ts")).fashionMnist,
  classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  mean: 0.286,
  std: 0.353,
};

/** KMNIST: cursive Japanese characters. Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718 */
export const kmnistSource: IdxSource = {
  name: "KMNIST",
  variable: "KMNIST_DIR",
  origin: async () => (await import("./idx-origins.ts")).kmnist,
  classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
  mean: 0.1918,
  std: 0.3483,
};
