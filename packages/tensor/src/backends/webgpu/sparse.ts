/** Products with a sparse matrix, with one invocation per result. */

import type { SparseCall } from "../../kernel.ts";
import { sizeOf } from "../../shape.ts";
import { Draft } from "./draft.ts";
import { packed } from "./pack.ts";
import type { Recorder } from "./recorder.ts";
import { walk } from "./walk.ts";

/** Runs a product with a sparse matrix. */
export function sparse(recorder: Recorder, call: SparseCall): void {
  if (sizeOf(call.to.shape) > 0) packed(recorder, [call.to], ([to]) => sparseInto(recorder, { ...call, to }));
}

function sparseInto(recorder: Recorder, { starts, positions, weights, input, to }: SparseCall): void {
  const draft = new Draft("sparse");
  const start = draft.view(starts, "read");
  const position = draft.view(positions, "read");
  const weight = draft.view(weights, "read");
  const from = draft.view(input, "read");
  const target = draft.view(to, "write");
  const [first, firstWeight] = [draft.u32(positions.offset), draft.u32(weights.offset)];
  const stride = draft.u32(input.strides[1] as number);
  const results = walk(draft, to.shape, [
    { strides: input.strides.with(1, 0), offset: input.offset },
    { strides: [0, 1, 0], offset: starts.offset },
    to,
  ]);
  recorder.each(draft, sizeOf(to.shape), () => ({
    body: `${results.index("i", "at")}
let end = ${start.bits("at1 + 1u")};
var sum = ${target.type}(0);
for (var k = ${start.bits("at1")}; k < end; k++) {
  let place = at0 + ${position.bits(`${first} + k`)} * ${stride};
  sum += ${weight.get(`${firstWeight} + k`)} * ${from.get("place")};
}
${target.put("at2", "sum")}`,
  }));
}
