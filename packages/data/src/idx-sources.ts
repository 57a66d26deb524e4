/**
 * The datasets in MNIST's format: what their files are called, where they are published, and how to check them.
 */

/** A checksum, of the file as it is published (gzip) or of what is packed in it. */
export interface Checksum {
  /** Whether it is that of the file as published (`packed`, in gzip) or of the bytes in it (`unpacked`). */
  readonly of: "packed" | "unpacked";
  /** The MD5 digest, 32 hexadecimal digits in small letters. */
  readonly md5: string;
}

/** A dataset of four IDX files. */
export interface IdxSource {
  /** The dataset's name in messages, and that of its folder in the cache. */
  readonly name: string;
  /** The variable of the environment that names its folder. */
  readonly variable: string;
  /** Addresses that a file's name is appended to. */
  readonly mirrors: readonly string[];
  /**
   * Gives what is expected of each of the four files; a download that differs is refused. Asked only then, so that a
   * program need not hold them from the start.
   */
  readonly checksums: () => Promise<Readonly<Record<IdxFile, Checksum>>>;
  /** The names of the classes, in the order of their labels. */
  readonly classes: readonly string[];
  /** The mean and deviation of all training pixels, where 1 is white. */
  readonly mean: number;
  /** Their standard deviation, in the same unit. */
  readonly std: number;
}

/** The four files, by the stems of their names. */
export type IdxFile = "train-images" | "train-labels" | "t10k-images" | "t10k-labels";

/** Handwritten digits. LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/ */
export const mnistSource: IdxSource = {
  name: "MNIST",
  variable: "MNIST_DIR",
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  checksums: async () => (await import("./idx-checksums.ts")).mnist,
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mean: 0.1307,
  std: 0.3081,
};

/** Pieces of clothing. Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747 */
export const fashionMnistSource: IdxSource = {
  name: "FashionMNIST",
  variable: "FASHION_MNIST_DIR",
  mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  checksums: async () => (await import("./idx-checksums.ts")).fashionMnist,
  classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  mean: 0.286,
  std: 0.353,
};

/** Cursive Japanese characters. Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718 */
export const kmnistSource: IdxSource = {
  name: "KMNIST",
  variable: "KMNIST_DIR",
  mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  checksums: async () => (await import("./idx-checksums.ts")).kmnist,
  classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
  mean: 0.1918,
  std: 0.3483,
};
