/**
 * The one operation behind all transforms: linear, so that its gradient is the same operation, back from the results to
 * the numbers.
 */

import { apply, type Op, rules, type Shape, type Tensor } from "@akari/tensor";
import { transform } from "./chirp.ts";
import { Line } from "./line.ts";

/** What is transformed into what. */
export interface Attributes {
  /** The length of the transform. Numbers of which fewer are given continue as zeros. */
  readonly n: number;
  /** How many of the results are wanted. */
  readonly wanted: number;
  /** The dimension, counted without that of the two parts. */
  readonly dim: number;
  /** Whether the numbers are complex, rather than real. */
  readonly from: boolean;
  /** Whether the results are complex, rather than their real parts alone. */
  readonly to: boolean;
  /** The sign of the exponent. */
  readonly sign: 1 | -1;
  /** What the results are multiplied by. */
  readonly scale: number;
}

/** The shape without the dimension of the two parts. */
export function sizesOf({ shape }: { readonly shape: Shape }, complex: boolean): Shape {
  return complex ? shape.slice(0, -1) : shape;
}

const operation: Op<Attributes> = {
  name: "fft",
  infer: ([x], { wanted, dim, from, to }) => [
    { shape: [...sizesOf(x, from).with(dim, wanted), ...(to ? [2] : [])], dtype: x.dtype },
  ],
  run([x], { n, dim, from, to, sign, scale }, [y]) {
    if (y.numel() === 0) return;
    const [numbers, results] = [Line.of(x, dim, from), Line.of(y, dim, to)];
    if (sign < 0) transform(numbers, results, n, scale, x);
    else transform(numbers.swapped, results.swapped, n, scale, x);
  },
  gradient: /* @__PURE__ */ rules<Attributes>({
    of: (g, { attrs, inputs: [x] }) => {
      const wanted = x?.shape[attrs.dim] as number; // safe: there is an input
      return apply(operation, [g], { ...attrs, wanted, from: attrs.to, to: attrs.from, sign: attrs.sign < 0 ? 1 : -1 });
    },
  }),
};

/** `y_k = scale Σ_j x_j e^(sign 2πi jk/n)` along a dimension. */
export function fourier(x: Tensor, attributes: Attributes): Tensor {
  return apply(operation, [x], attributes);
}
