/**
 * Turns, shifts, scales and slants an image at random. The image is sampled on the host, pixel by pixel: augmentation
 * happens before the data goes anywhere.
 */

import {
  ArgumentError,
  checkChoice,
  defaultGenerator,
  fromTypedArray,
  type Generator,
  type Settings,
  settings,
  shapeError,
  type Tensor,
} from "@akari/tensor";
import type { RandomTransformOptions, Transform } from "./transforms.ts";

/** A range to draw from, or half of one around zero. */
export type DegreeRange = number | readonly [from: number, to: number];

/** How `RandomAffine` moves an image. */
export interface RandomAffineOptions extends RandomTransformOptions {
  /** How far to shift at most, in widths and heights. Default not at all. */
  readonly translate?: readonly [horizontally: number, vertically: number];
  /** Between which factors to scale. Default not at all. */
  readonly scale?: readonly [from: number, to: number];
  /** How far to slant, in degrees. Default not at all. */
  readonly shear?: DegreeRange;
  /** Whether a pixel is the nearest one of the image, or blended from the four around. Default "nearest". */
  readonly interpolation?: "nearest" | "bilinear";
  /** The value of pixels that come from outside the image. Default 0. */
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

/** The smallest movement that a pair of numbers describes, with its draws. */
interface Movement {
  /** Counter-clockwise, in degrees. */
  readonly angle: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly scale: number;
  readonly shear: number;
}

/**
 * A random affine map about the centre of the image `[C, H, W]`: turned by up to `degrees`, shifted, scaled, slanted.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomAffine.html
 *
 * @example
 * const shaken = new RandomAffine(10, { translate: [0.1, 0.1], interpolation: "bilinear" });
 * new Compose([shaken, new ToTensor()]);
 */
export class RandomAffine implements Transform {
  readonly #degrees: readonly [number, number];
  readonly #shear: readonly [number, number];
  readonly #options: Settings<RandomAffineOptions, typeof defaults>;

  /** Throws an ArgumentError for ranges that make no sense. */
  constructor(degrees: DegreeRange, options?: RandomAffineOptions) {
    this.#options = settings(new.target.name, options, defaults);
    const { translate = [0, 0], scale = [1, 1], shear = 0, interpolation } = this.#options;
    this.#degrees = range("degrees", degrees);
    this.#shear = range("shear", shear);
    if (!translate.every((share) => share >= 0 && share <= 1)) {
      throw new ArgumentError(`RandomAffine: translate must be shares from 0 to 1, got ${translate.join(" and ")}`);
    }
    if (!(scale[0] > 0 && scale[0] <= scale[1]))
      throw new ArgumentError(`RandomAffine: cannot scale by ${scale[0]} to ${scale[1]}`);
    checkChoice("RandomAffine", "interpolation", interpolation, ["nearest", "bilinear"]);
  }

  /** Throws a ShapeError unless the image is `[C, H, W]`, a DeviceError when its device cannot be read at once. */
  apply(image: Tensor): Tensor {
    if (image.ndim !== 3) throw shapeError("RandomAffine", "an image [C, H, W]", image);
    return move(image, this.#draw(this.#options.generator ?? defaultGenerator(), image), this.#options);
  }

  #draw(generator: Generator, image: Tensor): Movement {
    const { translate, scale } = this.#options;
    const [height, width] = [image.size(1), image.size(2)];
    const angle = uniform(generator, this.#degrees);
    const shiftX =
      translate === undefined ? 0 : Math.round(uniform(generator, [-translate[0] * width, translate[0] * width]));
    const shiftY =
      translate === undefined ? 0 : Math.round(uniform(generator, [-translate[1] * height, translate[1] * height]));
    const factor = scale === undefined ? 1 : uniform(generator, scale);
    const shear = this.#options.shear === undefined ? 0 : uniform(generator, this.#shear);
    return { angle, shiftX, shiftY, scale: factor, shear };
  }
}

/**
 * Turns an image by a random angle of up to `degrees`, counter-clockwise.
 *
 * https://pytorch.org/vision/stable/generated/torchvision.transforms.RandomRotation.html
 */
export class RandomRotation extends RandomAffine {
  constructor(degrees: DegreeRange, options?: Pick<RandomAffineOptions, "interpolation" | "fill" | "generator">) {
    super(degrees, options);
  }
}

function range(name: string, given: DegreeRange): readonly [number, number] {
  const [from, to] = typeof given === "number" ? [-given, given] : given;
  if (!(from <= to)) throw new ArgumentError(`RandomAffine: ${name} from ${from} to ${to} is no range`);
  return [from, to];
}

function uniform(generator: Generator, [from, to]: readonly [number, number]): number {
  const low = Math.fround(from);
  return Math.fround(generator.uniform() * Math.fround(Math.fround(to) - low) + low);
}

/** For each pixel of the result, looks where it comes from. */
function move(
  image: Tensor,
  movement: Movement,
  { fill, interpolation }: Settings<RandomAffineOptions, typeof defaults>,
): Tensor {
  const [channels, height, width] = image.shape as readonly [number, number, number]; // safe: the caller saw to it
  const source = image.dataSync();
  const result = source.slice();
  const { angle, shiftX, shiftY, scale, shear } = movement;
  const turn = (angle * Math.PI) / 180;
  const slant = Math.tan((shear * Math.PI) / 180);
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const sample = interpolation === "nearest" ? nearest : bilinear;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column - centreX - shiftX;
      const dy = row - centreY - shiftY;
      // The way back: turn the other way, with y pointing down, then take the slant out.
      const y = sin * dx + cos * dy;
      const x = cos * dx - sin * dy + slant * y;
      for (let channel = 0; channel < channels; channel++) {
        const plane = { source, start: channel * height * width, height, width, fill };
        result[plane.start + row * width + column] = sample(plane, x + centreX, y + centreY);
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
  // Sines that are off by a last digit must not tip a pixel over.
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
