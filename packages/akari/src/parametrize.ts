/**
 * Parameters that are computed from others: re-exports `@akari/nn/parametrize`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/parametrize";
