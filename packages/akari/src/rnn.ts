/**
 * Packed and padded sequences for recurrent layers: re-exports `@akari/nn/rnn`.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/rnn";
