/**
 * Writing through a view changes the tensor below it. On the tape this is a node for the tensor below: its gradient
 * outside of the view goes on to what the tensor was before, and its gradient inside of the view goes through the
 * operation that wrote there.
 */

import { apply, asStrided, isContiguous, type Spec, type Tensor, type Viewed } from "@akari/tensor";
import { type Node, nextId, type OperationNode, specOf } from "./node.ts";
import type { Variable } from "./variable.ts";

/** The views between the tensor at the bottom and `view`, lowest first. */
export function chainOf(view: Tensor): Viewed[] {
  const chain: Viewed[] = [];
  for (let link = view.viewed; link !== null; link = link.source.viewed) chain.unshift(link);
  return chain;
}

/** The node of a tensor that was written to through a view. Its first edge is what the tensor was before. */
export class SliceNode implements Node {
  readonly id: number = nextId();
  readonly name: string;
  readonly edges: readonly (Variable | null)[];
  readonly outputs: readonly Spec[];
  readonly variables: (Variable | null)[] = [null];
  readonly #inner: OperationNode;
  readonly #chain: readonly Omit<Viewed, "source">[];
  readonly #places: readonly boolean[];
  readonly #strides: readonly number[];

  /**
   * @param inner the operation, as if the view were a tensor of its own.
   * @param base the variable of the tensor below; null when it needs no gradient.
   * @param places which inputs of the operation are the view itself.
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
    // Without their sources: the graph keeps no tensor alive that its rules do not read.
    this.#chain = chain.map(({ op, attrs }) => ({ op, attrs }));
    this.#places = places;
    this.#strides = below.strides;
    this.edges = [base, ...inner.edges.map((edge, i) => (places[i] ? null : edge))];
    this.outputs = [specOf(below)];
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
      // A fill lets no gradient through, and is the one operation that may write to an expanded view.
      if (through === null || this.name === "fill") region.fill_(0);
      else region.copy_(through);
    }
    return [base, ...found.map((g, i) => (this.#places[i] ? null : g))];
  }

  /**
   * The gradient in memory that lies as that of the tensor below does: views of it, such as `view` and `asStrided`, can
   * only be replayed there.
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
