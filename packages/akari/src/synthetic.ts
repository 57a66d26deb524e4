/**
 * Generated handwritten digits: re-exports `@akari/data/synthetic`.
 *
 * @packageDocumentation
 */

export * from "@akari/data/synthetic";
