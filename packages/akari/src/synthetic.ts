/**
 * Digits drawn by a formula, for those who install `akari` alone: what `@akari/data/synthetic` exports.
 *
 * @packageDocumentation
 */

export * from "@akari/data/synthetic";
