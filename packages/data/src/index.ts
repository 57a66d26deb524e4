/**
 * Datasets, samplers, data loaders and image transforms, and the datasets MNIST, Fashion-MNIST and KMNIST.
 *
 * @packageDocumentation
 */

export { cacheFolder, type Surroundings } from "./cache.ts";
export { type Collated, defaultCollate } from "./collate.ts";
export { DataLoader, type DataLoaderOptions, type SampleOptions, type StreamOptions } from "./data-loader.ts";
export {
  ChainDataset,
  ConcatDataset,
  type Dataset,
  type IterableDataset,
  type RandomSplitOptions,
  type Rows,
  randomSplit,
  Subset,
  TensorDataset,
} from "./dataset.ts";
export { type DownloadOptions, download } from "./download.ts";
export { DownloadError } from "./download-error.ts";
export type { Files } from "./files.ts";
export { type IdxArray, readIdx } from "./idx.ts";
export { findSplit, type IdxSearchOptions, type IdxSplit } from "./idx-search.ts";
export {
  type Checksum,
  fashionMnistSource,
  type IdxFile,
  type IdxOrigin,
  type IdxSource,
  kmnistSource,
  mnistSource,
} from "./idx-sources.ts";
export {
  type ImageBatch,
  ImageDataset,
  type ImageOptions,
  type ImageSample,
  type ImageSource,
  type Normalization,
} from "./image-dataset.ts";
export { md5 } from "./md5.ts";
export { FashionMNIST, KMNIST, MNIST, type MnistOptions } from "./mnist.ts";
export type { Progress } from "./progress.ts";
export { type DegreeRange, RandomAffine, type RandomAffineOptions, RandomRotation } from "./random-affine.ts";
export {
  BatchSampler,
  type BatchSamplerOptions,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  type SamplerOptions,
  SequentialSampler,
  type Sized,
  SubsetRandomSampler,
  WeightedRandomSampler,
  type WeightedRandomSamplerOptions,
} from "./sampler.ts";
export {
  Compose,
  Lambda,
  Normalize,
  RandomCrop,
  type RandomCropOptions,
  RandomHorizontalFlip,
  type RandomTransformOptions,
  ToTensor,
  type Transform,
} from "./transforms.ts";
