/**
 * Fusion of a batch normalization into the layer before it: re-exports `@akari/nn/fusion`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/fusion";
