/**
 * The reference backend: plain TypeScript, simple and slow, which defines the correct results.
 *
 * @packageDocumentation
 */

export { reference } from "./reference.ts";
