/** Tests of programs that read fewer inputs than they are given, or none, such as filling memory. */

import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { scalar } from "../expr/expr.ts";
import { program } from "../expr/program.ts";
import { sizeOf } from "../shape.ts";
import { decode, encode, operand, place, recipe } from "./operand.ts";

/** Describes the tests of fills: calls of one program with different numbers of inputs. */
export function describeFills(device: () => Backend): void {
  it("pointwise: fills, with and without inputs that the program ignores", async () => {
    const fill = program([scalar(0, "float32")]);
    const shapes = fc.array(fc.constantFrom(1, 2, 5), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(2), recipe(["tame"]), async (shape, extra, made) => {
        const one = operand(made, shape, "float32", "output");
        const to = place(device(), one);
        const inputs = Array.from({ length: extra }, (_, k) =>
          k === 0 ? to : place(device(), operand(made, shape, "int32")),
        );
        device().run({ kind: "pointwise", program: fill, inputs, scalars: [7], to: [to] });
        const after = decode("float32", await device().read(to.buffer, 0, encode(one).length));
        const count = sizeOf(shape);
        expect(after.filter((value) => value === 7).length).toBe(count);
        for (const view of new Set([to, ...inputs])) device().free(view.buffer);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
}
