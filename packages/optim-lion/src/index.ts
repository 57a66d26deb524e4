/**
 * The Lion optimizer.
 *
 * @packageDocumentation
 */

export { Lion, type LionOptions } from "./lion.ts";
