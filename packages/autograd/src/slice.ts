/**
 * In-place operations on views. Writing to a view changes its base, so the tape gets a node for the base: the gradient
 * of the elements outside the view passes through to the previous value of the base, and the gradient of the elements
 * inside it passes through the operation that wrote them.
 */

import { apply, asStrided, isContiguous, type Tensor, type Viewed } from "@akari/tensor";
import { type Node, nextId, type OperationNode } from "./node.ts";
import type { Variable } from "./variable.ts";

/** Returns the chain of views that leads from the base to `view`, in that order. */
export function chainOf(view: Tensor): Viewed[] {
  const chain: Viewed[] = [];
  for (let link = view.viewed; link !== null; link = link.source.viewed) chain.unshift(link);
  return chain;
}

/** The node of a base that was written to through a view. Its first edge is the previous value of the base. */
export class SliceNode implements Node {
  readonly id: number = nextId();
  readonly name: string;
  readonly edges: readonly (Variable | null)[];
  readonly variables: (Variable | null)[] = [null];
  readonly #inner: OperationNode;
  readonly #chain: readonly Omit<Viewed, "source">[];
  readonly #places: readonly boolean[];
  readonly #strides: readonly number[];

  /**
   * @param inner the node of the operation, as if the view were an independent tensor.
   * @param base the previous variable of the base; null when it needs no gradient.
   * @param chain the views from the base to the view.
   * @param places for each input of the operation, whether it is the view itself.
   * @param below the base.
   */
  constructor(
    inner: OperationNode,
    base: Variable | null,
    chain: readonly Viewed[],
    places: readonly boolean[],
    below: Tensor,
  ) {
    this.name = inner.name;
    this.#inner = inner;
    // The sources are dropped so that the graph keeps alive only tensors that its rules read.
    this.#chain = chain.map(({ op, attrs }) => ({ op, attrs }));
    this.#places = places;
    this.#strides = below.strides;
    this.edges = [base, ...inner.edges.map((edge, i) => (places[i] ? null : edge))];
  }

  get origin(): string | null {
    return this.#inner.origin;
  }

  get custom(): boolean {
    return this.#inner.custom;
  }

  compute(
    [gradient]: readonly (Tensor | null)[],
    wanted: readonly boolean[],
    recording: boolean,
  ): readonly (Tensor | null)[] {
    if (!gradient) return wanted.map(() => null);
    const laid = this.#laid(gradient);
    const inside = this.#replay(laid).clone();
    const [wantBase = false, ...others] = wanted;
    const found = this.#inner.compute(
      [inside],
      others.map((want, i) => (this.#places[i] ? wantBase : want)),
      recording,
    );
    let base: Tensor | null = null;
    if (wantBase) {
      base = laid === gradient ? gradient.clone() : laid;
      const region = this.#replay(base);
      let through: Tensor | null = null;
      found.forEach((g, i) => {
        if (this.#places[i] && g !== null) through = through === null ? g : through.add(g);
      });
      // `fill` passes no gradient, and is the only operation that may write to an expanded view.
      if (through === null || this.name === "fill") region.fill_(0);
      else region.copy_(through);
    }
    return [base, ...found.map((g, i) => (this.#places[i] ? null : g))];
  }

  /**
   * Returns the gradient with the strides of the base. Views such as `view` and `asStrided` depend on the strides, so
   * they can be replayed on that layout only.
   */
  #laid(gradient: Tensor): Tensor {
    const { shape } = gradient;
    const strides = this.#strides;
    if (isContiguous(shape, strides)) return gradient.contiguous();
    const extent = shape.reduce((last, size, i) => last + (size - 1) * (strides[i] as number), 1);
    return asStrided(gradient.newEmpty([Math.max(extent, 0)]), shape, strides).copy_(gradient);
  }

  #replay(tensor: Tensor): Tensor {
    return this.#chain.reduce((x, { op, attrs }) => apply(op, [x], attrs), tensor);
  }

  owns(tensor: Tensor): boolean {
    return this.#inner.owns(tensor);
  }

  release(): void {
    this.#inner.release();
  }
}
