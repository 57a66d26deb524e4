/**
 * The Adafactor optimizer.
 *
 * @packageDocumentation
 */

export { Adafactor, type AdafactorOptions } from "./adafactor.ts";
