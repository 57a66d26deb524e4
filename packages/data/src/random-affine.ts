/**
 * Random rotation, translation, scaling and shearing of images. Images are resampled on the host, because augmentation
 * runs before the data is moved to a device.
 */

import {
  checkChoice,
  defaultGenerator,
  expectRank,
  fromTypedArray,
  type Generator,
  refuse,
  type Settings,
  settings,
  type Tensor,
} from "@akari/tensor";
import type { RandomTransformOptions, Transform } from "./transforms.ts";

/** A range of angles in degrees: from and to, or one number d for the range from -d to d. */
export type DegreeRange = number | readonly [from: number, to: number];

/** Options of `RandomAffine`. */
export interface RandomAffineOptions extends RandomTransformOptions {
  /** Maximum translation as fractions of the width and the height. Default: none. */
  readonly translate?: readonly [horizontally: number, vertically: number];
  /** Range of the scale factor. Default: none. */
  readonly scale?: readonly [from: number, to: number];
  /** Range of the shear angle parallel to the x-axis, in degrees. Default: none. */
  readonly shear?: DegreeRange;
  /** Interpolation: from the nearest pixel, or from the four surrounding ones. Default "nearest". */
  readonly interpolation?: "nearest" | "bilinear";
  /** Value of pixels outside of the original image. Default 0. */
  readonly fill?: number;
}

const defaults = {
  translate: undefined,
  scale: undefined,
  shear: undefined,
  interpolation: "nearest",
  fill: 0,
  generator: undefined,
} as const;

/** The parameters drawn for one image. */
interface Movement {
  /** Counterclockwise, in degrees. */
  readonly angle: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly scale: number;
  readonly shear: number;
}

/**
 * Applies a random affine transform to an image `[C, H, W]`: a rotation about its center, clockwise for positive
 * angles, and optionally a translation, scaling and shear.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomAffine.html
 *
 * @example
 * const jitter = new RandomAffine(10, { translate: [0.1, 0.1], interpolation: "bilinear" });
 * new Compose([jitter, new ToTensor()]);
 */
export class RandomAffine implements Transform {
  readonly #degrees: readonly [number, number];
  readonly #shear: readonly [number, number];
  readonly #options: Settings<RandomAffineOptions, typeof defaults>;
  /** Sign of a counterclockwise rotation. As in torchvision, angles are clockwise here. */
  protected readonly sign: 1 | -1 = -1;

  /**
   * @param degrees range of the rotation angle in degrees.
   * @throws ArgumentError for an unknown option or an invalid value.
   */
  constructor(degrees: DegreeRange, options?: RandomAffineOptions) {
    this.#options = settings(new.target.name, options, defaults);
    const { translate = [0, 0], scale = [1, 1], shear = 0, interpolation } = this.#options;
    this.#degrees = range(new.target.name, "degrees", degrees);
    this.#shear = range(new.target.name, "shear", shear);
    if (!translate?.every((share) => share >= 0 && share <= 1))
      refuse("RandomAffine", "translate", translate, "be fractions from 0 to 1");
    if (!(scale[0] > 0 && scale[0] <= scale[1]))
      refuse("RandomAffine", "scale", scale, "be an ascending positive range");
    checkChoice("RandomAffine", "interpolation", interpolation, ["nearest", "bilinear"]);
  }

  /**
   * Transforms an image.
   *
   * @param image an image `[C, H, W]`.
   * @throws ShapeError when the image does not have three dimensions.
   * @throws DeviceError when the device of the image can only be read asynchronously.
   */
  apply(image: Tensor): Tensor {
    expectRank("RandomAffine", "an image [C, H, W]", image, 3);
    return move(image, this.#draw(this.#options.generator ?? defaultGenerator(), image), this.#options);
  }

  #draw(generator: Generator, image: Tensor): Movement {
    const { translate = [], scale } = this.#options;
    const [height, width] = [image.size(1), image.size(2)];
    const angle = this.sign * uniform(generator, this.#degrees);
    const shift = (share: number | undefined, size: number): number =>
      share === undefined ? 0 : Math.round(uniform(generator, [-share * size, share * size]));
    const [shiftX, shiftY] = [shift(translate[0], width), shift(translate[1], height)];
    const factor = scale === undefined ? 1 : uniform(generator, scale);
    const shear = this.#options.shear === undefined ? 0 : uniform(generator, this.#shear);
    return { angle, shiftX, shiftY, scale: factor, shear };
  }
}

/**
 * Rotates an image `[C, H, W]` about its center by a random angle, counterclockwise for positive angles.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomRotation.html
 */
export class RandomRotation extends RandomAffine {
  /** Sign of a counterclockwise rotation. As in torchvision, angles are counterclockwise here. */
  protected override readonly sign: 1 | -1 = 1;

  /**
   * @param degrees range of the rotation angle in degrees.
   * @throws ArgumentError for an unknown option or an invalid value.
   */
  constructor(degrees: DegreeRange, options?: Pick<RandomAffineOptions, "interpolation" | "fill" | "generator">) {
    super(degrees, options);
  }
}

function range(transform: string, name: string, given: DegreeRange): readonly [number, number] {
  const limits = typeof given === "number" ? ([-given, given] as const) : given;
  if (!Array.isArray(limits) || limits.length !== 2 || !limits.every(Number.isFinite) || limits[0] > limits[1])
    refuse(transform, name, given, "be a non-negative number or an ascending range");
  return limits;
}

function uniform(generator: Generator, [from, to]: readonly [number, number]): number {
  const low = Math.fround(from);
  return Math.fround(generator.uniform() * Math.fround(Math.fround(to) - low) + low);
}

/** Resamples an image: maps each pixel of the result back to its source. */
function move(
  image: Tensor,
  movement: Movement,
  { fill, interpolation }: Settings<RandomAffineOptions, typeof defaults>,
): Tensor {
  const [channels, height, width] = image.shape as readonly [number, number, number]; // safe: checked by the caller
  const source = image.dataSync();
  const result = source.slice();
  const { angle, shiftX, shiftY, scale, shear } = movement;
  const turn = (angle * Math.PI) / 180;
  const slant = Math.tan((shear * Math.PI) / 180);
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2];
  const sample = interpolation === "nearest" ? nearest : bilinear;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column - centerX - shiftX;
      const dy = row - centerY - shiftY;
      // The inverse map: undo the rotation (y points down), then the shear.
      const y = sin * dx + cos * dy;
      const x = cos * dx - sin * dy + slant * y;
      for (let channel = 0; channel < channels; channel++) {
        const plane = { source, start: channel * height * width, height, width, fill };
        result[plane.start + row * width + column] = sample(plane, x + centerX, y + centerY);
      }
    }
  }
  return fromTypedArray(result, image.shape, { dtype: image.dtype, device: image.device });
}

interface Plane {
  readonly source: ArrayLike<number>;
  readonly start: number;
  readonly height: number;
  readonly width: number;
  readonly fill: number;
}

function nearest(plane: Plane, x: number, y: number): number {
  // The small offset keeps rounding errors of sine and cosine from selecting a neighboring pixel.
  return at(plane, Math.floor(x + 0.5 + 1e-9), Math.floor(y + 0.5 + 1e-9));
}

function bilinear(plane: Plane, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - left, y - top];
  const above = at(plane, left, top) * (1 - right) + at(plane, left + 1, top) * right;
  const under = at(plane, left, top + 1) * (1 - right) + at(plane, left + 1, top + 1) * right;
  const blend = above * (1 - below) + under * below;
  return plane.source instanceof Uint8Array || plane.source instanceof Int32Array ? Math.round(blend) : blend;
}

function at({ source, start, height, width, fill }: Plane, x: number, y: number): number {
  return x >= 0 && x < width && y >= 0 && y < height ? (source[start + y * width + x] as number) : fill;
}
