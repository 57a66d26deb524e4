/**
 * Products without workgroup memory: each invocation computes a few rows and columns directly from the operands. On a
 * software adapter, where a barrier costs more than caching saves, this is four times as fast as tiles.
 */

import { wgslType } from "./draft.ts";
import type { Form, Names, Product } from "./product.ts";

const workgroup = 64;

/**
 * Picks the unit: eight rows by eight columns per invocation, which takes half the time of four by four, or fewer for
 * smaller results.
 */
export function directForm(rows: number, columns: number): Form {
  const [rowsEach, columnsEach] = [rows, columns].map((count) => (count >= 16 ? 8 : count >= 3 ? 4 : 1)) as [
    number,
    number,
  ]; // safe: two counts
  const unit = { rows: rowsEach, columns: columnsEach };
  return {
    key: `direct ${unit.rows}x${unit.columns}`,
    ...unit,
    perGroup: workgroup,
    enough: 256,
    workgroup,
    text: (product, names) => ({ body: directText(unit, product, names) }),
  };
}

function directText(unit: { rows: number; columns: number }, product: Product, n: Names): string {
  const type = wgslType(product.dtype);
  const zero = type === "f32" ? "0.0" : "0i";
  const is = Array.from({ length: unit.rows }, (_, i) => i);
  const js = Array.from({ length: unit.columns }, (_, j) => j);
  const cells = (body: (i: number, j: number) => string) => is.flatMap((i) => js.map((j) => body(i, j))).join("\n");
  // Rows and columns past the end repeat the last one and are not stored.
  const value = (name: string, at: string, text: string) => `var ${name}: ${type};
  {
    ${at}
    var value: ${type} = ${zero};
    ${text}
    ${name} = value;
  }`;
  return `let t = group * ${workgroup}u + lane;
let square = t % ${n.units};
let block = t / ${n.units};
let batch = block % ${n.batches};
let part = block / ${n.batches};
if (part >= ${n.parts}) { return; }
let top = (square / ${n.across}) * ${unit.rows}u;
let edge = square % ${n.across};
let end = min((part + 1u) * ${n.stride}, ${n.terms});
${product.prepare}
${cells((i, j) => `var sum${i}_${j}: ${type} = ${zero};`)}
for (var k = part * ${n.stride}; k < end; k++) {
  ${is.map((i) => value(`left${i}`, `let r = min(top + ${i}u, ${n.rows} - 1u);`, product.left())).join("\n")}
  ${js.map((j) => value(`right${j}`, `let c = min(edge + ${j}u * ${n.across}, ${n.columns} - 1u);`, product.right())).join("\n")}
  ${cells((i, j) => `sum${i}_${j} += left${i} * right${j};`)}
}
${cells(
  (i, j) => `{
  let r = top + ${i}u;
  let c = edge + ${j}u * ${n.across};
  if (r < ${n.rows} && c < ${n.columns}) {
    let sum = sum${i}_${j};
    ${product.store()}
  }
}`,
)}`;
}
