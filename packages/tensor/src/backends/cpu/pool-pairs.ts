/**
 * The most common pooling, 2×2 maxima with a stride of two, for float32 rows without gaps: computes four outputs at a
 * time. The backward pass writes every element of the input's gradient exactly once, so nothing has to be cleared or
 * accumulated. A unit of work is one channel of one image.
 */

import { planeOf, readPoolArguments, strides } from "./pool-windows.ts";
import {
  type Code,
  type FunctionBuilder,
  f32x4,
  i32,
  i32x4,
  type Local,
  ModuleBuilder,
  nth,
  shuffle,
  v128,
} from "./wasm/index.ts";

/** Builds the kernel: forward, with or without indices, or backward, which reads the indices. */
export function pairsKernel(shared: boolean, direction: "forward" | "backward", indices: boolean): Uint8Array {
  return new ModuleBuilder(shared).run((f, args, begin, end) => {
    const argument = readPoolArguments(f, args);
    const [height, width, size] = [argument("positions", 1), argument("positions", 2), argument("sizes", 2)];
    const [inputRow, outputRow, indicesRow] = (["input", "output", "indices"] as const).map((view) =>
      argument(view, strides + 1),
    ) as [Local<"i32">, Local<"i32">, Local<"i32">]; // safe: three
    f.for(begin, end, 1, (unit) => {
      const plane = planeOf(f, argument, unit);
      f.for(0, height, 1, (y) => {
        const row: Row = {
          top: f.let(nth(plane.input, i32.shl(y, 1), inputRow)),
          bottom: f.let(nth(plane.input, i32.add(i32.shl(y, 1), 1), inputRow)),
          output: f.let(nth(plane.output, y, outputRow)),
          indices: f.let(nth(plane.indices, y, indicesRow)),
          // Position of the upper left element of the row's first window, and the positions per input row.
          position: f.let(i32.mul(i32.shl(y, 1), size)),
          size,
        };
        // If the width is not a multiple of four, the last vector overlaps the one before it.
        const last = f.let(i32.sub(width, 4));
        f.for(0, width, 4, (at) => {
          const x = f.least(at, last);
          if (direction === "forward") forward(f, row, x, indices);
          else backward(f, row, x);
        });
      });
    });
  });
}

interface Row {
  readonly top: Local<"i32">;
  readonly bottom: Local<"i32">;
  readonly output: Local<"i32">;
  readonly indices: Local<"i32">;
  readonly position: Local<"i32">;
  readonly size: Local<"i32">;
}

const evens = [0, 2, 4, 6];
const odds = [1, 3, 5, 7];

/** Returns the positions of the four windows' elements in one corner. */
function corner(
  f: FunctionBuilder,
  { position, size }: Row,
  x: Local<"i32">,
  down: boolean,
  right: boolean,
): Local<"v128"> {
  const first = i32.add(i32.add(position, i32.shl(x, 1)), right ? 1 : 0);
  const steps = v128.const([0, 2, 4, 6].flatMap((step) => [step, 0, 0, 0]));
  return f.let(i32x4.add(i32x4.splat(down ? i32.add(first, size) : first), steps));
}

function forward(f: FunctionBuilder, row: Row, x: Local<"i32">, indices: boolean): void {
  const inputAt = i32.shl(x, 3);
  const halves = [row.top, row.bottom].map((line) => {
    const at = f.let(i32.add(line, inputAt));
    return [f.let(v128.load(at)), f.let(v128.load(at, 16))] as const;
  });
  const best = f.local("v128");
  const place = f.local("v128");
  halves.forEach(([low, high], down) => {
    for (const [right, lanes] of [evens, odds].entries()) {
      const value = f.let(shuffle(low, high, lanes));
      const position = indices ? corner(f, row, x, down === 1, right === 1) : null;
      if (down === 0 && right === 0) {
        f.set(best, value);
        if (position !== null) f.set(place, position);
        continue;
      }
      // The last of several NaNs wins.
      const isNew: Code<"v128"> = v128.or(f32x4.gt(value, best), f32x4.ne(value, value));
      const mask = f.let(isNew);
      f.set(best, v128.bitselect(value, best, mask));
      if (position !== null) f.set(place, v128.bitselect(position, place, mask));
    }
  });
  f.do(v128.store(i32.add(row.output, i32.shl(x, 2)), best));
  if (indices) f.do(v128.store(i32.add(row.indices, i32.shl(x, 2)), place));
}

function backward(f: FunctionBuilder, row: Row, x: Local<"i32">): void {
  const gradient = f.let(v128.load(i32.add(row.output, i32.shl(x, 2))));
  const place = f.let(v128.load(i32.add(row.indices, i32.shl(x, 2))));
  [row.top, row.bottom].forEach((line, down) => {
    const part = (right: boolean): Local<"v128"> =>
      f.let(v128.and(gradient, i32x4.eq(place, corner(f, row, x, down === 1, right))));
    const [left, right] = [part(false), part(true)];
    const at = f.let(i32.add(line, i32.shl(x, 3)));
    f.do(v128.store(at, shuffle(left, right, [0, 4, 1, 5])));
    f.do(v128.store(at, shuffle(left, right, [2, 6, 3, 7]), 16));
  });
}
