/**
 * A plugin for Vite, Rollup and Rolldown that leaves methods of tensors out of bundles that do not call them.
 *
 * @packageDocumentation
 */

export { type AkariOptions, type AkariPlugin, akari } from "./plugin.ts";
