/**
 * The errors that Akari throws. Each is a class, so that programs can distinguish them. Its message names the operation
 * and quotes both sides of a mismatch. Arguments are validated before anything is modified.
 */

import type { CheckCall } from "./kernel.ts";

/** Base class of all errors that Akari throws. */
export class AkariError extends Error {
  override name = "AkariError";
}

/** Incompatible shapes, or a dimension that does not exist. */
export class ShapeError extends AkariError {
  override name = "ShapeError";
}

/** An element type that an operation does not support, or two that it cannot combine. */
export class DTypeError extends AkariError {
  override name = "DTypeError";
}

/** An index out of bounds. */
export class IndexError extends AkariError {
  override name = "IndexError";
}

/** An invalid argument value: a negative size, an unknown option, a probability above one. */
export class ArgumentError extends AkariError {
  override name = "ArgumentError";
}

/** A device that is missing, lost, out of memory, or different from that of the other tensors. */
export class DeviceError extends AkariError {
  override name = "DeviceError";
}

/** The use of a tensor after its memory was freed. */
export class DisposedError extends AkariError {
  override name = "DisposedError";
}

/** A gradient that cannot be computed: a second backward pass, a saved tensor modified in place, no recorded graph. */
export class AutogradError extends AkariError {
  override name = "AutogradError";
}

/** A file that is missing, truncated, malformed or unsafe to read. */
export class FileError extends AkariError {
  override name = "FileError";
}

/** Returns the error that a `check` call specifies, with the offending element in its message. */
export function checkError(call: Pick<CheckCall, "error" | "message">, value: number): AkariError {
  return new { IndexError, ArgumentError, AutogradError }[call.error](call.message.replace("{}", `${value}`));
}
