/**
 * Tensor contractions. Every contraction of two operands becomes one batched matrix product. Labels that both operands
 * share are batch dimensions if they are kept, and inner dimensions if they are summed over; labels of one operand only
 * are rows or columns.
 */

import { expectTensor, refuse } from "../argument.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { dimension, expectShape, sameShape, shapeError, shapeOf, showShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { expand } from "./expand.ts";

import { checkProductTypes, matmul } from "./matmul.ts";
import { permute } from "./permute.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { diagonal } from "./slice.ts";
import { sum } from "./sum.ts";

/** A tensor with a label for each dimension. */
interface Named {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** Takes the diagonal over dimensions of an operand that have the same label. */
function withoutRepeats({ x, labels }: Named): Named {
  for (let i = 0; i < labels.length; i++) {
    const j = labels.indexOf(labels[i] as string, i + 1);
    if (j > 0) {
      if (x.shape[i] !== x.shape[j]) {
        throw new ShapeError(
          `einsum: the letter ${labels[i]} has sizes ${x.shape[i]} and ${x.shape[j]} in a tensor of shape ${showShape(x.shape)}`,
        );
      }
      const rest = labels.filter((_, k) => k !== i && k !== j);
      return withoutRepeats({ x: diagonal(x, 0, i, j), labels: [...rest, labels[i] as string] });
    }
  }
  return { x, labels };
}

/** Permutes the dimensions into the given order. Labels that the tensor lacks become dimensions of size one. */
function arrange({ x, labels }: Named, order: readonly string[]): Tensor {
  const present = order.filter((label) => labels.includes(label));
  let result = permute(
    x,
    present.map((label) => labels.indexOf(label)),
  );
  order.forEach((label, i) => {
    if (!labels.includes(label)) result = unsqueeze(result, i);
  });
  return result;
}

/** Sums over the labels that are not in `keep`. */
function sumOut(named: Named, keep: ReadonlySet<string>): Named {
  const { x, labels } = named;
  const dims = labels.flatMap((label, i) => (keep.has(label) ? [] : [i]));
  if (dims.length === 0) return named;
  return { x: sum(x, dims, { dtype: x.dtype }), labels: labels.filter((label) => keep.has(label)) };
}

/** Multiplies two operands and sums over the labels that are not in `keep`. */
function contract(equation: string, a: Named, b: Named, keep: ReadonlySet<string>): Named {
  const reducedA = sumOut(a, new Set([...keep, ...b.labels]));
  const reducedB = sumOut(b, new Set([...keep, ...a.labels]));
  const shared = reducedA.labels.filter((label) => reducedB.labels.includes(label));
  const batch = shared.filter((label) => keep.has(label));
  const inner = shared.filter((label) => !keep.has(label));
  const rows = reducedA.labels.filter((label) => !shared.includes(label));
  const columns = reducedB.labels.filter((label) => !shared.includes(label));
  const sizes = sizesOf(equation, [reducedA, reducedB]);
  const size = (labels: readonly string[]) => labels.map((label) => sizes.get(label) as number);
  // A batch of matrices, whose rows and columns are labels.
  const matrices = (named: Named, down: readonly string[], across: readonly string[]): Tensor => {
    const order = [...batch, ...down, ...across];
    return reshape(expand(arrange(named, order), size(order)), [
      ...size(batch),
      sizeOf(size(down)),
      sizeOf(size(across)),
    ]);
  };
  const labels = [...batch, ...rows, ...columns];
  return {
    x: reshape(matmul(matrices(reducedA, rows, inner), matrices(reducedB, inner, columns)), size(labels)),
    labels,
  };
}

/** Splits a term into labels. `...` becomes one numbered label per dimension, counted from the right. */
function parse(letters: string, rank: number | null, dots: number): string[] {
  const [before = "", after, more] = letters.split("...");
  if (more !== undefined || !/^[A-Za-z]*$/.test(before + (after ?? ""))) {
    throw new ArgumentError(`einsum: "${letters}" is not a list of letters with at most one "..."`);
  }
  const named = before.length + (after?.length ?? 0);
  const covered = after === undefined ? 0 : rank === null ? dots : rank - named;
  if (rank !== null && (covered < 0 || (after === undefined && named !== rank))) {
    throw new ShapeError(`einsum: "${letters}" names ${named} dimensions, but the tensor has ${rank}`);
  }
  return [...before, ...Array.from({ length: covered }, (_, i) => `.${covered - i}`), ...(after ?? "")];
}

/**
 * Sums products of elements of the operands, as described by an equation in Einstein notation.
 *
 * Each letter names a dimension. Letters that do not appear after the arrow are summed over; a letter repeated within
 * one operand takes its diagonal. Without an arrow, the output has the letters that appear once, in alphabetical order.
 * `...` stands for any further dimensions. Dimensions of size one broadcast.
 *
 * https://pytorch.org/docs/stable/generated/torch.einsum.html
 *
 * @throws ArgumentError for a malformed equation.
 * @throws ShapeError if a letter has different sizes, or a tensor has more or fewer dimensions than its term.
 * @throws DTypeError if the dtypes differ.
 * @example
 * einsum("bij,bjk->bik", a, b); // a batch of matrix products
 */
export function einsum(equation: string, ...given: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor {
  const operands = given.flat() as Tensor[]; // safe: tensors, one by one or in an array
  if (typeof equation !== "string") refuse("einsum", "equation", equation, "be a string");
  const [left = "", right, more] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (more !== undefined) throw new ArgumentError(`einsum: more than one arrow in "${equation}"`);
  if (terms.length !== operands.length || operands.length === 0) {
    throw new ArgumentError(`einsum: "${equation}" names ${terms.length} operands, but ${operands.length} were given`);
  }
  for (const x of operands) expectTensor("einsum", x);
  const named = operands.map((x, i) => ({ x, labels: parse(terms[i] as string, x.ndim, 0) }));
  const first = operands[0] as Tensor; // safe: there is at least one
  for (const x of operands) if (x !== first) checkProductTypes("einsum", first, x);
  const all = named.flatMap(({ labels }) => labels);
  const isDot = (label: string) => label.startsWith(".");
  const dots = Math.max(...named.map(({ labels }) => labels.filter(isDot).length));
  const once = all.filter((label) => !isDot(label) && all.indexOf(label) === all.lastIndexOf(label)).sort();
  const result = parse(right ?? `...${once.join("")}`, null, dots);
  for (const label of result) {
    if (!all.includes(label) || result.indexOf(label) !== result.lastIndexOf(label)) {
      throw new ArgumentError(
        `einsum: the output of "${equation}" names ${label}, which must appear once there and in an operand`,
      );
    }
  }
  sizesOf(equation, named);
  const reduced = named.map(withoutRepeats);
  let total = reduced[0] as Named; // safe: there is at least one
  for (let i = 1; i < reduced.length; i++) {
    const later = reduced.slice(i + 1).flatMap(({ labels }) => labels);
    total = contract(equation, total, reduced[i] as Named, new Set([...result, ...later]));
  }
  return arrange(sumOut(total, new Set(result)), result);
}

/** Returns the size of each label, where sizes of one broadcast. Throws a ShapeError if a label has several. */
function sizesOf(equation: string, named: readonly Named[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { x, labels } of named) {
    labels.forEach((label, i) => {
      const size = x.shape[i] as number;
      const known = sizes.get(label);
      if (known !== undefined && known !== size && known !== 1 && size !== 1) {
        throw new ShapeError(`einsum: the letter ${label} has sizes ${known} and ${size} in "${equation}"`);
      }
      if (known === undefined || known === 1) sizes.set(label, size);
    });
  }
  return sizes;
}

/**
 * Contracts two tensors over pairs of dimensions.
 *
 * The result has the remaining dimensions of `a`, followed by those of `b`.
 *
 * https://pytorch.org/docs/stable/generated/torch.tensordot.html
 *
 * @param dims a number n, which pairs the last n dimensions of `a` with the first n of `b`, or two arrays with the
 * dimensions of `a` and of `b` to pair. Default 2.
 * @throws ShapeError if paired dimensions differ in size.
 * @throws IndexError if there is no such dimension.
 * @throws DTypeError if the dtypes differ.
 * @throws ArgumentError for a malformed `dims`.
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  dims: number | readonly [readonly number[], readonly number[]] = 2,
): Tensor {
  const whole =
    typeof dims === "number"
      ? Number.isInteger(dims) && dims >= 0
      : dims?.length === 2 && dims[0].length === dims[1].length;
  if (!whole) refuse("tensordot", "dims", dims, "be a number or two arrays of equal length");
  const pairs =
    typeof dims === "number"
      ? ([Array.from({ length: dims }, (_, i) => i - dims), Array.from({ length: dims }, (_, i) => i)] as const)
      : dims;
  const fromA = pairs[0].map((d) => dimension("tensordot", d, a));
  const fromB = pairs[1].map((d) => dimension("tensordot", d, b));
  fromA.forEach((d, i) => {
    const e = fromB[i] as number;
    if (a.shape[d] !== b.shape[e]) {
      throw shapeError("tensordot", `equal sizes of dimensions ${d} and ${e}`, a, b);
    }
  });
  checkProductTypes("tensordot", a, b);
  const ofA = a.shape.map((_, d) => `${d}`);
  const ofB = b.shape.map((_, e) => (fromB.includes(e) ? `${fromA[fromB.indexOf(e)]}` : `${a.ndim + e}`));
  const rest = [...ofA, ...ofB].filter((label) => !fromA.includes(Number(label)));
  return contract("tensordot", { x: a, labels: ofA }, { x: b, labels: ofB }, new Set(rest)).x;
}

/**
 * Kronecker product: replaces each element of `a` by that element times `b`. Each size is the product of both sizes.
 *
 * https://pytorch.org/docs/stable/generated/torch.kron.html
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  const rank = Math.max(shapeOf("kron", a).length, shapeOf("kron", b).length);
  const sizes = (x: Tensor) => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
  const [sa, sb] = [sizes(a), sizes(b)];
  const left = reshape(
    a,
    sa.flatMap((size) => [size, 1]),
  );
  const right = reshape(
    b,
    sb.flatMap((size) => [1, size]),
  );
  return reshape(
    mul(left, right),
    sa.map((size, i) => size * (sb[i] as number)),
  );
}

/**
 * Applies a bilinear transformation: `y[..., o] = Σᵢⱼ x₁[..., i] W[o, i, j] x₂[..., j] + b[o]`.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
 *
 * @param input1 [..., in1].
 * @param input2 [..., in2], with the same leading sizes.
 * @param weight [out, in1, in2].
 * @param bias [out]. Default null: none.
 * @returns [..., out].
 * @throws ShapeError if the shapes do not match.
 * @throws DTypeError if the dtypes of the inputs and the weight differ.
 */
export function bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  for (const other of [input2, weight]) checkProductTypes("bilinear", input1, other);
  const [in1, in2] = [input1.shape.at(-1), input2.shape.at(-1)];
  const together = sameShape(input1.shape.slice(0, -1), input2.shape.slice(0, -1));
  if (weight.ndim !== 3 || in1 !== weight.shape[1] || in2 !== weight.shape[2] || !together)
    throw shapeError(
      "bilinear",
      "inputs [..., in1] and [..., in2] and a weight [out, in1, in2]",
      input1,
      input2,
      weight,
    );
  expectShape("bilinear", "bias", bias, [weight.shape[0] as number]);
  const y = einsum("...i,oij,...j->...o", input1, weight, input2);
  return bias === null ? y : add(y, bias);
}
