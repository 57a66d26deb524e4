/**
 * Layers that take their number of input channels from the first input: re-exports `@akari/nn/lazy`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/lazy";
