/**
 * Sequences of different lengths for recurrent layers, for those who install `akari` alone: what `@akari/nn/rnn`
 * exports.
 *
 * @packageDocumentation
 */

export * from "@akari/nn/rnn";
