/**
 * What a WebGPU device counts. Apart from the recorder that does the counting, whose declaration names types of WebGPU:
 * this one, which is public, has to stand where TypeScript does not know them.
 */

/** How much was made and submitted so far: a steady program makes nothing new. */
export interface Counters {
  /** Command buffers submitted. */
  readonly submits: number;
  /** Kernels launched. */
  readonly launches: number;
  /** Pipelines compiled. */
  readonly pipelines: number;
  /** Bind groups created. */
  readonly bindGroups: number;
}
