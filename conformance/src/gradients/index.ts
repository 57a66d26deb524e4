/**
 * The table of gradients: every operation, method and layer, with the arguments for which its first and second
 * derivatives are compared with finite differences. A test fails if a function, method or layer is not listed.
 */

import { arrangement, arrangementConstant } from "./arrangement.ts";
import { elementwise, elementwiseConstant } from "./elementwise.ts";
import type { Calls } from "./given.ts";
import { products } from "./products.ts";
import { rows, rowsConstant } from "./rows.ts";

export { type Call, functionOf, inNn, inTensor, method, withParameters } from "./calls.ts";
export { apart as apartInNn, functional } from "./functional.ts";
export { type Calls, type Given, replaced, trial } from "./given.ts";
export { apart, coarse, housekeeping, methods, methodsConstant } from "./methods.ts";
export { modules } from "./modules.ts";

/** Operations with a gradient, by the name of the function in `@akari/tensor`. */
export const operations: Calls = { ...elementwise, ...rows, ...arrangement, ...products };

/** Operations whose results have no gradient. */
export const constants: Calls = { ...elementwiseConstant, ...rowsConstant, ...arrangementConstant };
