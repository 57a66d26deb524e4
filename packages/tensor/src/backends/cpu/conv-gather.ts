/** Gathers the panels that a convolution cannot read in place, because their positions are not adjacent. */

import type { Lanes } from "./matmul-lanes.ts";
import { tileVectors } from "./matmul-tile.ts";
import { type Code, type FunctionIndex, i32, i32x4, type Local, type ModuleBuilder, v128 } from "./wasm/index.ts";

/**
 * Defines the function that gathers one panel: for each tap, the elements at the panel's positions, one vector of
 * positions at a time. Its parameters are the address of the frame, the positions' offsets, the taps' offsets, the
 * number of taps, and the address of the panel.
 */
export function gatherFunction(inside: ModuleBuilder, lanes: Lanes): FunctionIndex {
  const { count, bytes } = lanes;
  return inside.procedure((f, frame, cells, table, length, target) => {
    for (let v = 0; v < tileVectors; v++) {
      const starts = Array.from({ length: count }, (_, i) =>
        f.let(i32.add(frame, i32.load(cells, 4 * (v * count + i)))),
      );
      const [first, last] = [starts[0], starts[count - 1]] as [Local<"i32">, Local<"i32">];
      const fromFirst = starts.map((start, i) => f.let(i32.eq(i32.sub(start, first), i * bytes)));
      const along = (vector: (offset: Local<"i32">) => Code<"v128">): void => {
        const [tap, to] = [f.let(table), f.let(target)];
        f.for(0, length, 1, () => {
          const offset = f.let(i32.load(tap));
          f.do(v128.store(to, vector(offset), v * 16));
          f.increase(tap, 4);
          f.increase(to, tileVectors * 16);
        });
      };
      const twoRuns = starts
        .map((start, i) => i32.or(fromFirst[i] as Local<"i32">, i32.eq(i32.sub(last, start), (count - 1 - i) * bytes)))
        .reduce((all, one) => i32.and(all, one));
      f.if(
        twoRuns,
        () => {
          // The end of one row and the start of the next: each is loaded as a whole vector, aligned so that its own
          // elements are in the right lanes.
          const mask = f.let(lanes.zero);
          for (let i = 0; i < 4; i++) {
            const lane = fromFirst[Math.floor((i * count) / 4)] as Local<"i32">;
            f.set(mask, i32x4.replace(mask, i, i32.sub(0, lane)));
          }
          const second = f.let(i32.sub(last, (count - 1) * bytes));
          along((offset) =>
            v128.bitselect(v128.load(i32.add(first, offset)), v128.load(i32.add(second, offset)), mask),
          );
        },
        () =>
          along((offset) =>
            starts.reduce((vector, start, lane) => {
              const address = i32.add(start, offset);
              return lane === 0 ? lanes.splat(address) : v128.loadLane(bytes === 4 ? 32 : 64, address, vector, lane);
            }, lanes.zero),
          ),
      );
    }
  });
}
