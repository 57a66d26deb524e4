/**
 * The single operation behind all transforms. It is linear, so its gradient is the same operation with the opposite
 * sign and with input and output exchanged.
 */

import { apply, type Op, rules, type Shape, type Tensor } from "@akari/tensor";
import { transform } from "./chirp.ts";
import { Line } from "./line.ts";

/** What a transform maps to what. */
export interface Attributes {
  /** Length of the transform. A shorter input is padded with zeros. */
  readonly n: number;
  /** Number of outputs to compute. */
  readonly wanted: number;
  /** The dimension, not counting that of real and imaginary parts. */
  readonly dim: number;
  /** Whether the input is complex. */
  readonly from: boolean;
  /** Whether the output is complex; otherwise only its real part is computed. */
  readonly to: boolean;
  /** Sign of the exponent. */
  readonly sign: 1 | -1;
  /** Factor applied to the output. */
  readonly scale: number;
}

/** Returns the shape without the dimension of real and imaginary parts. */
export function sizesOf({ shape }: { readonly shape: Shape }, complex: boolean): Shape {
  return complex ? shape.slice(0, -1) : shape;
}

const operation: Op<Attributes> = {
  name: "fft",
  infer: ([x], { wanted, dim, from, to }) => [
    { shape: [...sizesOf(x, from).with(dim, wanted), ...(to ? [2] : [])], dtype: x.dtype },
  ],
  run([x], { n, dim, from, to, sign, scale }, [y]) {
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

/** Computes `y_k = scale Σ_j x_j e^(sign 2πi jk/n)` along a dimension. */
export function fourier(x: Tensor, attributes: Attributes): Tensor {
  return apply(operation, [x], attributes);
}
