/**
 * Grey images with labels, held as bytes. A batch is made straight from the bytes, through a table with what each of
 * the 256 greys becomes; sixty-four images of MNIST take a small part of a millisecond.
 */

import { ArgumentError, type Backend, checkNames, fromTypedArray, type Tensor } from "@akari/tensor";
import { checkIndex, type Dataset } from "./dataset.ts";
import { type Transform, transformer } from "./transforms.ts";

/** The mean and the deviation that are taken out of the images, where white is 1. */
export interface Normalization {
  /** What is taken out of each grey from 0 to 1: MNIST's own is 0.1307. */
  readonly mean: number;
  /** What the rest is divided by: MNIST's own is 0.3081. Not 0. */
  readonly std: number;
}

/** How a dataset of images hands them out. */
export interface ImageOptions {
  /**
   * Whether the greys are normalized by the dataset's own mean and deviation, or by which. Default true; false: greys
   * from 0 to 1.
   */
  readonly normalize?: boolean | Normalization;
  /**
   * What to do with each image, a uint8 tensor of shape `[1, H, W]`, instead of normalizing. Usually a `Compose` that
   * has a `ToTensor`.
   */
  readonly transform?: Transform | ((image: Tensor) => Tensor);
  /** Where the tensors are. Default: `defaultDevice()`. */
  readonly device?: Backend;
}

/** The images of a dataset and what is known of them. */
export interface ImageSource extends Normalization {
  /** The dataset's name, for people and for messages. */
  readonly name: string;
  /** Where the images come from, for people. */
  readonly from: string;
  /** `N · H · W` bytes, row by row. */
  readonly pixels: Uint8Array;
  /** N labels. */
  readonly digits: Uint8Array;
  /** The rows of each image, in pixels. */
  readonly height: number;
  /** The columns of each image, in pixels. */
  readonly width: number;
  /** The names of the classes, in the order of their labels. */
  readonly classes: readonly string[];
}

const known: readonly string[] = ["normalize", "transform", "device"];

/** An image of shape `[1, H, W]` and its label. */
export type ImageSample = [image: Tensor, label: number];

/** Images of shape `[N, 1, H, W]` and their labels, int32 of shape `[N]`. */
export type ImageBatch = [images: Tensor, labels: Tensor];

/** A dataset of grey images of one size, each with a label. */
export class ImageDataset implements Dataset<ImageSample, ImageBatch> {
  readonly length: number;
  /** The dataset's name. */
  readonly name: string;
  /** Where the images come from: a folder, an address, or a formula. */
  readonly from: string;
  /** The names of the classes, in the order of their labels. */
  readonly classes: readonly string[];
  /** The bytes of all images, row by row: 0 for black. */
  readonly pixels: Uint8Array;
  /** The labels of all images. */
  readonly digits: Uint8Array;
  /** The height and the width of an image. */
  readonly size: readonly [height: number, width: number];
  /** Many samples at once; not there when each image goes through a transform. */
  readonly batch: ((indices: readonly number[]) => ImageBatch) | undefined;
  readonly #table: Float32Array;
  readonly #transform: ((image: Tensor) => Tensor) | null;
  readonly #device: { readonly device?: Backend };
  #images: Tensor | null = null;
  #labels: Tensor | null = null;

  /**
   * Throws an ArgumentError for an option that does not exist or makes no sense; `further` are names that a subclass
   * knows.
   */
  constructor(source: ImageSource, options: ImageOptions = {}, further: readonly string[] = []) {
    const { normalize, transform, device } = options;
    checkNames(source.name, options, [...known, ...further]);
    if (transform !== undefined && normalize !== undefined && normalize !== false) {
      throw new ArgumentError(
        `${source.name}: normalize and transform exclude each other; put a Normalize into the transform`,
      );
    }
    this.length = source.digits.length;
    this.name = source.name;
    this.from = source.from;
    this.classes = source.classes;
    this.pixels = source.pixels;
    this.digits = source.digits;
    this.size = [source.height, source.width];
    this.#table = greys(source.name, normalize === false ? null : typeof normalize === "object" ? normalize : source);
    this.#transform = transform === undefined ? null : transformer(transform);
    this.#device = device === undefined ? {} : { device };
    this.batch = transform === undefined ? (indices) => this.#gather(indices) : undefined;
  }

  /** All images as they are stored: uint8 of shape `[N, H, W]`. */
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
    const label = this.digits[index] as number;
    const bytes = this.pixels.subarray(index * height * width, (index + 1) * height * width);
    if (this.#transform !== null)
      return [this.#transform(fromTypedArray(bytes.slice(), [1, height, width], this.#device)), label];
    const floats = Float32Array.from(bytes, (byte) => this.#table[byte] as number);
    return [fromTypedArray(floats, [1, height, width], this.#device), label];
  }

  #gather(indices: readonly number[]): ImageBatch {
    const [height, width] = this.size;
    const area = height * width;
    const { pixels } = this;
    const table = this.#table;
    const floats = new Float32Array(indices.length * area);
    const labels = new Int32Array(indices.length);
    let to = 0;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      checkIndex(this.name, index, this.length);
      labels[i] = this.digits[index] as number;
      const end = (index + 1) * area;
      for (let at = index * area; at < end; at++) floats[to++] = table[pixels[at] as number] as number;
    }
    const images = fromTypedArray(floats, [indices.length, 1, height, width], this.#device);
    return [images, fromTypedArray(labels, [indices.length], this.#device)];
  }
}

/** What each byte becomes, computed as PyTorch does in float32: first a share of 255, then normalized. */
function greys(name: string, normalization: Normalization | null): Float32Array {
  if (normalization === null) return Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
  const { mean, std } = normalization;
  if (!Number.isFinite(mean) || !(std > 0))
    throw new ArgumentError(`${name}: cannot normalize by the mean ${mean} and the deviation ${std}`);
  const round = Math.fround;
  return Float32Array.from({ length: 256 }, (_, byte) => round(round(byte / 255) - round(mean)) / round(std));
}
