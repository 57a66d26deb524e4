/**
 * Where the datasets in `idx-sources.ts` are published, and their checksums. Loaded with the first download.
 */

import type { Checksum, IdxOrigin } from "./idx-sources.ts";

function packed(md5: string): Checksum {
  return { of: "packed", md5 };
}

function unpacked(md5: string): Checksum {
  return { of: "unpacked", md5 };
}

/** Origin of MNIST. */
export const mnist: IdxOrigin = {
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  checksums: {
    "train-images": unpacked("6bbc9ace898e44ae57da46a324031adb"),
    "train-labels": unpacked("a25bea736e30d166cdddb491f175f624"),
    "t10k-images": unpacked("2646ac647ad5339dbf082846283269ea"),
    "t10k-labels": unpacked("27ae3e4e09519cfbb04c329615203637"),
  },
};

/** Origin of Fashion-MNIST. */
export const fashionMnist: IdxOrigin = {
  mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  checksums: {
    "train-images": packed("8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    "train-labels": packed("25c81989df183df01b3e8a0aad5dffbe"),
    "t10k-images": packed("bef4ecab320f06d8554ea6380940ec79"),
    "t10k-labels": packed("bb300cfdad3c16e7a12a480ee83cd310"),
  },
};

/** Origin of KMNIST. */
export const kmnist: IdxOrigin = {
  mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  checksums: {
    "train-images": packed("bdb82020997e1d708af4cf47b453dcf7"),
    "train-labels": packed("e144d726b3acfaa3e44228e80efcd344"),
    "t10k-images": packed("5c965bf0a639b31b8f53240b1b52f4d7"),
    "t10k-labels": packed("7320c461ea6c1c855c0b718fb2a4b134"),
  },
};
