/**
 * Datasets of labeled gray images, stored as bytes. A batch is converted directly from the bytes with a lookup table
 * of the 256 gray levels, which takes a fraction of a millisecond for 64 images of MNIST.
 */

import { ArgumentError, type Backend, checkNames, fromTypedArray, type Tensor } from "@akari/tensor";
import { checkIndex, type Dataset } from "./dataset.ts";
import { type Transform, transformer } from "./transforms.ts";

/** Mean and standard deviation by which images are normalized, for pixels scaled to [0, 1]. */
export interface Normalization {
  /** Mean subtracted from each pixel; 0.1307 for MNIST. */
  readonly mean: number;
  /** Standard deviation by which each pixel is divided, positive; 0.3081 for MNIST. */
  readonly std: number;
}

/** Options of `ImageDataset`. */
export interface ImageOptions {
  /**
   * Whether to normalize the pixels with the mean and standard deviation of the dataset, or the values to use instead.
   * False scales them to [0, 1] only. Default true.
   */
  readonly normalize?: boolean | Normalization;
  /**
   * Transform applied to each image, a uint8 tensor of shape `[1, H, W]`, instead of the normalization. Usually a
   * `Compose` that contains a `ToTensor`.
   */
  readonly transform?: Transform | ((image: Tensor) => Tensor);
  /** Device of the tensors. Default: `defaultDevice()`. */
  readonly device?: Backend;
}

/** The contents of an image dataset. */
export interface ImageSource extends Normalization {
  /** Name of the dataset. */
  readonly name: string;
  /** Origin of the images, for display. */
  readonly from: string;
  /** Pixels of all images: `N · H · W` bytes in row-major order. */
  readonly pixels: Uint8Array;
  /** Class index of each of the N images. */
  readonly digits: Uint8Array;
  /** Height of the images in pixels. */
  readonly height: number;
  /** Width of the images in pixels. */
  readonly width: number;
  /** Names of the classes, by class index. */
  readonly classes: readonly string[];
}

const known: readonly string[] = ["normalize", "transform", "device"];

/** An image of shape `[1, H, W]` and its label. */
export type ImageSample = [image: Tensor, label: number];

/** Images of shape `[N, 1, H, W]` and their labels, int32 of shape `[N]`. */
export type ImageBatch = [images: Tensor, labels: Tensor];

/** A dataset of labeled gray images of the same size. */
export class ImageDataset implements Dataset<ImageSample, ImageBatch> {
  readonly length: number;
  /** Name of the dataset. */
  readonly name: string;
  /** Origin of the images: a folder, a URL, or a description of the generator. */
  readonly from: string;
  /** Names of the classes, by class index. */
  readonly classes: readonly string[];
  /** Pixels of all images as bytes in row-major order, 0 for black. */
  readonly pixels: Uint8Array;
  /** Class indices of all images. */
  readonly digits: Uint8Array;
  /** Height and width of the images in pixels. */
  readonly size: readonly [height: number, width: number];
  /** Returns a batch of samples. Undefined when there is a transform, which applies to single images. */
  readonly batch: ((indices: readonly number[]) => ImageBatch) | undefined;
  readonly #table: Float32Array;
  readonly #transform: ((image: Tensor) => Tensor) | null;
  readonly #device: { readonly device?: Backend };
  #images: Tensor | null = null;
  #labels: Tensor | null = null;

  /**
   * @param source the images.
   * @param options the options.
   * @param further names of additional options, which a subclass handles.
   * @throws ArgumentError for an unknown option or an invalid value.
   */
  constructor(source: ImageSource, options: ImageOptions = {}, further: readonly string[] = []) {
    checkNames(source.name, options, [...known, ...further]);
    const { normalize, transform, device } = options;
    if (transform !== undefined && normalize !== undefined && normalize !== false) {
      throw new ArgumentError(
        `${source.name}: normalize and transform exclude each other; add a Normalize to the transform`,
      );
    }
    this.length = source.digits.length;
    this.name = source.name;
    this.from = source.from;
    this.classes = source.classes;
    this.pixels = source.pixels;
    this.digits = source.digits;
    this.size = [source.height, source.width];
    this.#table = grays(source.name, normalize === false ? plain : typeof normalize === "object" ? normalize : source);
    this.#transform = transform === undefined ? null : transformer(transform);
    this.#device = device === undefined ? {} : { device };
    this.batch = transform === undefined ? (indices) => this.#gather(indices) : undefined;
  }

  /** All images as stored: uint8 of shape `[N, H, W]`. */
  get images(): Tensor {
    this.#images ??= fromTypedArray(this.pixels, [this.length, ...this.size], this.#device);
    return this.#images;
  }

  /** All labels: int32 of shape `[N]`. */
  get labels(): Tensor {
    this.#labels ??= fromTypedArray(Int32Array.from(this.digits), [this.length], this.#device);
    return this.#labels;
  }

  get(index: number): ImageSample {
    checkIndex(this.name, index, this.length);
    const [height, width] = this.size;
    const area = height * width;
    const values = this.#transform ? this.pixels.slice(index * area, (index + 1) * area) : this.#normalized([index]);
    const image = fromTypedArray(values, [1, height, width], this.#device);
    return [this.#transform ? this.#transform(image) : image, this.digits[index] as number];
  }

  #gather(indices: readonly number[]): ImageBatch {
    for (const index of indices) checkIndex(this.name, index, this.length);
    const labels = Int32Array.from(indices, (index) => this.digits[index] as number);
    return [
      fromTypedArray(this.#normalized(indices), [indices.length, 1, ...this.size], this.#device),
      fromTypedArray(labels, [indices.length], this.#device),
    ];
  }

  /** Returns the normalized pixels of images, one image after the other. */
  #normalized(indices: readonly number[]): Float32Array {
    const [height, width] = this.size;
    const area = height * width;
    const { pixels } = this;
    const table = this.#table;
    const floats = new Float32Array(indices.length * area);
    let to = 0;
    for (const index of indices) {
      const end = (index + 1) * area;
      for (let at = index * area; at < end; at++) floats[to++] = table[pixels[at] as number] as number;
    }
    return floats;
  }
}

const plain: Normalization = { mean: 0, std: 1 };

/** Returns the table of normalized values of the 256 gray levels, rounded to float32 as in PyTorch. */
function grays(name: string, { mean, std }: Normalization): Float32Array {
  if (!Number.isFinite(mean) || !(std > 0))
    throw new ArgumentError(`${name}: cannot normalize with mean ${mean} and std ${std}`);
  const round = Math.fround;
  return Float32Array.from({ length: 256 }, (_, byte) => round(round(byte / 255) - round(mean)) / round(std));
}
