/**
 * Padding layers: with zeros, a constant, reflected elements, the edge element or the opposite side. The padding is one
 * number for all sides, or, as for `pad`, two numbers per dimension, last dimension first: left, right, top, bottom,
 * front, back.
 */

import { type PadMode, type PadOptions, pad, refuse, type Tensor } from "@akari/tensor";
import { Module } from "./module.ts";
import { float, python } from "./state-name.ts";

/** Padding widths: one for all sides, or two per dimension, last dimension first. */
export type BorderWidths = number | readonly number[];

abstract class Padding extends Module {
  static override readonly keepsNothing = true;
  /** Padding widths, two per dimension, last dimension first: left, right, top, bottom, front, back. */
  readonly padding: readonly number[];
  private readonly options: PadOptions;

  constructor(dims: number, mode: PadMode, padding: BorderWidths, value = 0) {
    super();
    const widths = typeof padding === "number" ? new Array<number>(2 * dims).fill(padding) : padding;
    if (!Array.isArray(widths) || widths.length !== 2 * dims || !widths.every(Number.isInteger))
      refuse(this.constructor.name, "padding", padding, `be one integer or ${2 * dims}`);
    this.padding = widths;
    // `pad` accepts a value only in constant mode.
    this.options = mode === "constant" ? { value } : { mode };
  }

  /** Pads the trailing dimensions: for one dimension, [..., L] → [..., left + L + right]. */
  forward(input: Tensor): Tensor {
    return pad(input, this.padding, this.options);
  }

  override extraRepr(): string {
    return python(this.padding);
  }
}

abstract class ConstantPadding extends Padding {
  /** Value of the padding. */
  readonly value: number;

  constructor(dims: number, padding: BorderWidths, value: number) {
    super(dims, "constant", padding, value);
    this.value = value;
  }

  /** Returns the widths and the value: `padding=(1, 1), value=0.5`. */
  override extraRepr(): string {
    return `padding=${python(this.padding)}, value=${Number.isInteger(this.value) ? this.value : float(this.value)}`;
  }
}

/** Zero padding of [..., L]. https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html */
export class ZeroPad1d extends Padding {
  static override name = "ZeroPad1d";

  constructor(padding: BorderWidths) {
    super(1, "constant", padding);
  }
}

/** Zero padding of [..., H, W]. https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html */
export class ZeroPad2d extends Padding {
  static override name = "ZeroPad2d";

  constructor(padding: BorderWidths) {
    super(2, "constant", padding);
  }
}

/** Zero padding of [..., D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html */
export class ZeroPad3d extends Padding {
  static override name = "ZeroPad3d";

  constructor(padding: BorderWidths) {
    super(3, "constant", padding);
  }
}

/** Constant padding of [..., L]. https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html */
export class ConstantPad1d extends ConstantPadding {
  static override name = "ConstantPad1d";

  constructor(padding: BorderWidths, value: number) {
    super(1, padding, value);
  }
}

/** Constant padding of [..., H, W]. https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html */
export class ConstantPad2d extends ConstantPadding {
  static override name = "ConstantPad2d";

  constructor(padding: BorderWidths, value: number) {
    super(2, padding, value);
  }
}

/** Constant padding of [..., D, H, W]. https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html */
export class ConstantPad3d extends ConstantPadding {
  static override name = "ConstantPad3d";

  constructor(padding: BorderWidths, value: number) {
    super(3, padding, value);
  }
}

/**
 * Reflection padding of [..., L], which does not repeat the edge.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 */
export class ReflectionPad1d extends Padding {
  static override name = "ReflectionPad1d";

  constructor(padding: BorderWidths) {
    super(1, "reflect", padding);
  }
}

/**
 * Reflection padding of [..., H, W], which does not repeat the edge.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends Padding {
  static override name = "ReflectionPad2d";

  constructor(padding: BorderWidths) {
    super(2, "reflect", padding);
  }
}

/**
 * Reflection padding of [..., D, H, W], which does not repeat the edge.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends Padding {
  static override name = "ReflectionPad3d";

  constructor(padding: BorderWidths) {
    super(3, "reflect", padding);
  }
}

/**
 * Replication padding of [..., L] with the edge elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 */
export class ReplicationPad1d extends Padding {
  static override name = "ReplicationPad1d";

  constructor(padding: BorderWidths) {
    super(1, "replicate", padding);
  }
}

/**
 * Replication padding of [..., H, W] with the edge elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends Padding {
  static override name = "ReplicationPad2d";

  constructor(padding: BorderWidths) {
    super(2, "replicate", padding);
  }
}

/**
 * Replication padding of [..., D, H, W] with the edge elements.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends Padding {
  static override name = "ReplicationPad3d";

  constructor(padding: BorderWidths) {
    super(3, "replicate", padding);
  }
}

/**
 * Circular padding of [..., L] with elements of the opposite side.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 */
export class CircularPad1d extends Padding {
  static override name = "CircularPad1d";

  constructor(padding: BorderWidths) {
    super(1, "circular", padding);
  }
}

/**
 * Circular padding of [..., H, W] with elements of the opposite side.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends Padding {
  static override name = "CircularPad2d";

  constructor(padding: BorderWidths) {
    super(2, "circular", padding);
  }
}

/**
 * Circular padding of [..., D, H, W] with elements of the opposite side.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends Padding {
  static override name = "CircularPad3d";

  constructor(padding: BorderWidths) {
    super(3, "circular", padding);
  }
}
