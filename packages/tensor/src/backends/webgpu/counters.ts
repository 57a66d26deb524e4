/**
 * The counters of a WebGPU device. They are separate from the recorder, whose declaration file names WebGPU types,
 * because this public type must compile where TypeScript does not know those.
 */

/** Counts of the resources created and submitted so far. A steady program creates nothing new. */
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
