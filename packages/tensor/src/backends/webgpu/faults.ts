/**
 * The fault record of a device: two words of device memory in which a check stores what it found. Kernels run long
 * after they are issued, so the next read reports the error and clears the record.
 */

import { isFloating } from "../../dtype.ts";
import { type AkariError, checkError } from "../../errors.ts";
import type { CheckCall } from "../../kernel.ts";
import type { Memory, WebGpuBuffer } from "./heap.ts";

/** Bytes of the record. */
export const recordBytes = 8;

type Check = Pick<CheckCall, "error" | "message"> & { readonly floating: boolean };

/** Registers checks and decodes the fault record. */
export class Faults {
  readonly #checks: Check[] = [];
  readonly #numbers = new Map<string, number>();
  /**
   * The record: [number of the check, bits of the element]. It is the device's first allocation, so it starts as zeros.
   */
  readonly record: { readonly buffer: WebGpuBuffer; readonly dtype: "int32" };

  constructor(memory: Memory) {
    this.record = { buffer: memory.allocate(recordBytes), dtype: "int32" };
  }

  /** Whether any check has been issued, so that reads must look at the record. */
  get any(): boolean {
    return this.#checks.length > 0;
  }

  /** Returns the number with which a check identifies itself in the record. */
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

  /** Returns the error of a record; null if there is none. */
  errorOf(record: DataView): AkariError | null {
    const check = this.#checks[record.getUint32(0, true) - 1];
    if (check === undefined) return null;
    return checkError(check, check.floating ? record.getFloat32(4, true) : record.getInt32(4, true));
  }
}
