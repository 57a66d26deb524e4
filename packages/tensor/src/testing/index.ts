/**
 * Tools for testing: the conformance suite for backends. Requires vitest and fast-check.
 *
 * @packageDocumentation
 */

export { type Accuracy, defaultAccuracy } from "./formula-range.ts";
export { type BackendTestOptions, describeBackend } from "./suite.ts";
