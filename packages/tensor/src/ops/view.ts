/**
 * The common basis of all views. A view is an operation that only defines its layout in the memory of its input. Its
 * gradient is an operation too: zeros of the input's shape, with the upstream gradient written where the view reads.
 * The gradient of that is the view again, so views can be differentiated any number of times. Views of one tensor, as
 * `unbind` returns them, share one gradient of its shape, to which each adds its part.
 */

import type { View } from "../kernel.ts";
import { apply, type Gradient, type Layout, type Op, rules } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { copyInto } from "./copy.ts";
import { addInto, fillView } from "./fill.ts";

/** Returns the layout of a view with these attributes in the memory of `input`. Throws if there is none. */
export type LayoutRule<Attrs> = (input: Tensor, attrs: Attrs) => Layout;

/** Defines a view operation. The default gradient is valid for views that show each element at most once. */
export function viewOp<Attrs>(name: string, layout: LayoutRule<Attrs>, gradient?: Gradient<Attrs>): Op<Attrs> {
  const op: Op<Attrs> = {
    name,
    infer: ([x], attrs) => [{ shape: layout(x, attrs).shape, dtype: x.dtype }],
    view: layout,
    gradient:
      gradient ??
      rules<Attrs>({
        of: (g, { attrs, inputs, sum }) => {
          const total = sum(0);
          if (total === null) return embed(op, g, attrs, inputs[0].shape);
          addInto(partOf(op, total, attrs), g, g.device);
          return total;
        },
      }),
  };
  return op;
}

/** Returns what the view `op` reads of a tensor. */
function partOf<Attrs>({ view }: Op<Attrs>, x: Tensor, attrs: Attrs): View {
  const { shape, strides, offset } = (view as LayoutRule<Attrs>)(x, attrs); // safe: only called with views
  return windowOn(x, shape, strides, offset);
}

interface Embedding {
  readonly op: Op<unknown>;
  readonly attrs: unknown;
  readonly shape: Shape;
}

const embedding: Op<Embedding> = {
  name: "embed",
  infer: ([g], { shape }) => [{ shape, dtype: g.dtype }],
  run: ([g], { op, attrs }, [target]) => {
    fillView(target, 0, target.device);
    copyInto(partOf(op, target, attrs), g, target.device);
  },
  gradient: /* @__PURE__ */ rules<Embedding>({ of: (g, { attrs }) => apply(attrs.op, [g], attrs.attrs) }),
};

/** Zeros of a shape with `g` written where the view `op` reads: the gradient of that view. */
export function embed<Attrs>(op: Op<Attrs>, g: Tensor, attrs: Attrs, shape: Shape): Tensor {
  // Safe: `attrs` is only passed to the same op.
  return apply(embedding, [g], { op: op as Op<unknown>, attrs, shape });
}
