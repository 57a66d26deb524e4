/**
 * The optimizer Lion.
 *
 * @packageDocumentation
 */

export { Lion, type LionOptions } from "./lion.ts";
