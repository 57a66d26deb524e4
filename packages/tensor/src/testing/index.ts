/**
 * Tools for testing: the suite that a backend has to pass. Needs vitest and fast-check.
 *
 * @packageDocumentation
 */

export { type Accuracy, defaultAccuracy } from "./formula-range.ts";
export { type BackendTestOptions, describeBackend } from "./suite.ts";
