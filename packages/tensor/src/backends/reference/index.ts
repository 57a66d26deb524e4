/**
 * The reference backend: plain TypeScript, obviously right, and slow.
 *
 * @packageDocumentation
 */

export { reference } from "./reference.ts";
