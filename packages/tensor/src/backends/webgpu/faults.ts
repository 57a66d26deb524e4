/**
 * The fault record of a device: two words of its memory in which a check notes what it found wrong. Kernels run long
 * after they were asked for, so the error comes with the next read; with it the record is cleared.
 */

import { isFloating } from "../../dtype.ts";
import { type AkariError, checkError } from "../../errors.ts";
import type { CheckCall } from "../../kernel.ts";
import type { Memory, WebGpuBuffer } from "./heap.ts";

/** Bytes of the record. */
export const recordBytes = 8;

type Check = Pick<CheckCall, "error" | "message"> & { readonly floating: boolean };

/** Which checks there are, and where they note what they find. */
export class Faults {
  readonly #checks: Check[] = [];
  readonly #numbers = new Map<string, number>();
  /**
   * The number of the check, then the element: [number, bits]. It begins as zeros, as all memory does that nobody had
   * before.
   */
  readonly record: { readonly buffer: WebGpuBuffer; readonly dtype: "int32" };

  constructor(memory: Memory) {
    this.record = { buffer: memory.allocate(recordBytes), dtype: "int32" };
  }

  /** Whether any check was made so far, so that the record is worth a look. */
  get any(): boolean {
    return this.#checks.length > 0;
  }

  /** The number under which a check notes what it finds. */
  number({ error, message, input }: CheckCall): number {
    const floating = isFloating(input.dtype);
    const key = `${floating} ${error} ${message}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#checks.push({ error, message, floating });
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** The error that a record stands for; null when there is none. */
  errorOf(record: DataView): AkariError | null {
    const check = this.#checks[record.getUint32(0, true) - 1];
    if (check === undefined) return null;
    return checkError(check, check.floating ? record.getFloat32(4, true) : record.getInt32(4, true));
  }
}
