/**
 * The datasets in MNIST's format: what their files are called, where they are published, and what their checksums are.
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
  /** What is expected of each of the four files; a download that differs is refused. */
  readonly checksums: Readonly<Record<IdxFile, Checksum>>;
  /** The names of the classes, in the order of their labels. */
  readonly classes: readonly string[];
  /** The mean and deviation of all training pixels, where 1 is white. */
  readonly mean: number;
  /** Their standard deviation, in the same unit. */
  readonly std: number;
}

/** The four files, by the stems of their names. */
export type IdxFile = "train-images" | "train-labels" | "t10k-images" | "t10k-labels";

function packed(md5: string): Checksum {
  return { of: "packed", md5 };
}

function unpacked(md5: string): Checksum {
  return { of: "unpacked", md5 };
}

/** Handwritten digits. LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/ */
export const mnistSource: IdxSource = {
  name: "MNIST",
  variable: "MNIST_DIR",
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  checksums: {
    "train-images": unpacked("6bbc9ace898e44ae57da46a324031adb"),
    "train-labels": unpacked("a25bea736e30d166cdddb491f175f624"),
    "t10k-images": unpacked("2646ac647ad5339dbf082846283269ea"),
    "t10k-labels": unpacked("27ae3e4e09519cfbb04c329615203637"),
  },
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mean: 0.1307,
  std: 0.3081,
};

/** Pieces of clothing. Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747 */
export const fashionMnistSource: IdxSource = {
  name: "FashionMNIST",
  variable: "FASHION_MNIST_DIR",
  mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  checksums: {
    "train-images": packed("8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    "train-labels": packed("25c81989df183df01b3e8a0aad5dffbe"),
    "t10k-images": packed("bef4ecab320f06d8554ea6380940ec79"),
    "t10k-labels": packed("bb300cfdad3c16e7a12a480ee83cd310"),
  },
  classes: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  mean: 0.286,
  std: 0.353,
};

/** Cursive Japanese characters. Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718 */
export const kmnistSource: IdxSource = {
  name: "KMNIST",
  variable: "KMNIST_DIR",
  mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  checksums: {
    "train-images": packed("bdb82020997e1d708af4cf47b453dcf7"),
    "train-labels": packed("e144d726b3acfaa3e44228e80efcd344"),
    "t10k-images": packed("5c965bf0a639b31b8f53240b1b52f4d7"),
    "t10k-labels": packed("7320c461ea6c1c855c0b718fb2a4b134"),
  },
  classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
  mean: 0.1918,
  std: 0.3483,
};
