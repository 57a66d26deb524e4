/**
 * What all views have in common. A view is an operation that only says how its result lies in the memory of its input.
 * Its gradient goes the other way: zeros of the input's shape, with the incoming gradient written where the view
 * looked. That is itself an operation, whose gradient is the view again; so views can be differentiated as often as one
 * likes.
 */

import { apply, type Gradient, type Layout, type Op, rules, type Spec } from "../op.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowOn } from "../view.ts";
import { copyInto } from "./copy.ts";
import { fillView } from "./fill.ts";

/** Says how a view with these attributes lies in the memory of `input`. Throws when it cannot. */
export type LayoutRule<Attrs> = (input: Tensor, attrs: Attrs) => Layout;

/**
 * A view operation. Without a gradient of its own it has the general one, which holds for views that show each element
 * at most once.
 */
export function viewOp<Attrs>(name: string, layout: LayoutRule<Attrs>, gradient?: Gradient<Attrs>): Op<Attrs> {
  const op: Op<Attrs> = {
    name,
    infer: ([x], attrs) => [{ shape: layout(x, attrs).shape, dtype: x.dtype }],
    view: layout,
    gradient:
      gradient ?? rules<Attrs>({ of: (g, context) => embed(op, g, context.attrs, (context.inputs[0] as Spec).shape) }),
  };
  return op;
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
    // safe: `embed` is only called with views
    const { shape, strides, offset } = (op.view as NonNullable<typeof op.view>)(target, attrs);
    copyInto(windowOn(target, shape, strides, offset), g, target.device);
  },
  gradient: /* @__PURE__ */ rules<Embedding>({ of: (g, { attrs }) => apply(attrs.op, [g], attrs.attrs) }),
};

/** Zeros of a shape, except that the view `op` of them shows `g`: the gradient of that view. */
export function embed<Attrs>(op: Op<Attrs>, g: Tensor, attrs: Attrs, shape: Shape): Tensor {
  // Safe: `attrs` is handed back to the same op only.
  return apply(embedding, [g], { op: op as Op<unknown>, attrs, shape });
}
