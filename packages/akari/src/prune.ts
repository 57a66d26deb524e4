/**
 * Parameters of which masks set elements to zero: re-exports `@akari/nn/prune`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/prune";
