/**
 * Several datasets side by side: re-exports `@akari/data/stack-dataset`.
 *
 * @packageDocumentation
 */

export * from "@akari/data/stack-dataset";
