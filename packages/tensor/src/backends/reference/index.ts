/** The reference backend: plain TypeScript, obviously right, and slow. */

export { reference } from "./reference.ts";
