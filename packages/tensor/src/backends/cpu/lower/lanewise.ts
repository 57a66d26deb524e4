/** Operations without SIMD instructions, applied lane by lane. */

import type { Code, Lanes, Type } from "../wasm/index.ts";
import type { Emitter } from "./emitter.ts";
import type { Vector } from "./values.ts";

/** Applies a scalar function to each of `count` lanes of some vectors. */
export function lanewise<S extends Type>(
  e: Emitter,
  lanes: Lanes<S>,
  count: 2 | 4,
  args: readonly Vector[],
  f: (...numbers: Code<S>[]) => Code<S>,
): Vector {
  const vectors = args.map((a) => e.let(a));
  const lane = (k: number) => e.let(f(...vectors.map((v) => e.let(lanes.extract(v, k)))));
  let result: Vector = e.let(lanes.splat(lane(0)));
  for (let k = 1; k < count; k++) result = e.let(lanes.replace(result, k, lane(k)));
  return result;
}
