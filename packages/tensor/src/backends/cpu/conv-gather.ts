/** Collects the panels that a convolution cannot read where they lie, because their positions are not side by side. */

import type { Lanes } from "./matmul-lanes.ts";
import { tileVectors } from "./matmul-tile.ts";
import { type FunctionBuilder, type FunctionIndex, i32, type Local, type ModuleBuilder, v128 } from "./wasm/index.ts";

/**
 * Defines the function that copies what the window places see at one panel's positions into lines of a panel, a vector of positions at a time:
 * parameters frame, the positions' offsets, the window places' offsets, how many of these, and where the panel goes.
 */
export function gatherFunction(inside: ModuleBuilder, lanes: Lanes): FunctionIndex {
  const { count, bytes } = lanes;
  return inside.function(null, ["i32", "i32", "i32", "i32", "i32"], [], (f, frame, cells, table, length, target) => {
    for (let v = 0; v < tileVectors; v++) gatherVector(f, v);

    function gatherVector(g: FunctionBuilder, v: number): void {
      const starts = Array.from({ length: count }, (_, i) => g.let(i32.add(frame, i32.load(cells, 4 * (v * count + i)))));
      const [first, last] = [starts[0], starts[count - 1]] as [Local<"i32">, Local<"i32">];
      const tap = g.let(table);
      const to = g.let(target);
      const along = (vector: (offset: Local<"i32">) => ReturnType<typeof v128.load>): void => {
        g.for(0, length, 1, () => {
          const offset = g.let(i32.load(tap));
          g.do(v128.store(to, vector(offset), v * 16));
          g.increase(tap, 4);
          g.increase(to, tileVectors * 16);
        });
      };
      g.if(
        i32.eq(i32.sub(last, first), (count - 1) * bytes),
        () => along((offset) => v128.load(i32.add(first, offset))),
        () =>
          along((offset) =>
            starts.reduce(
              (vector, start, lane) =>
                lane === 0
                  ? lanes.splat(i32.add(start, offset))
                  : v128.loadLane(bytes === 4 ? 32 : 64, i32.add(start, offset), vector, lane),
              lanes.zero,
            ),
          ),
      );
    }
  });
}
