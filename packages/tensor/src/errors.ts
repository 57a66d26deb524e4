/**
 * The errors Akari throws. Each is a class, so that a program can tell them apart, and carries a message that
 * names the operation and quotes both sides of whatever did not fit. All are thrown before anything is changed.
 */

import type { CheckCall } from "./kernel.ts";

/** The root of every error that Akari itself throws. */
export class AkariError extends Error {
  override name = "AkariError";
}

/** Shapes that do not fit together, or a dimension that does not exist. */
export class ShapeError extends AkariError {
  override name = "ShapeError";
}

/** An element type that an operation does not take, or two that it cannot combine. */
export class DTypeError extends AkariError {
  override name = "DTypeError";
}

/** An index outside of the tensor it points into. */
export class IndexError extends AkariError {
  override name = "IndexError";
}

/** An argument whose value makes no sense: a negative size, an unknown option, a probability above one. */
export class ArgumentError extends AkariError {
  override name = "ArgumentError";
}

/** A device that is missing, lost, out of memory, or not the one where the other tensors are. */
export class DeviceError extends AkariError {
  override name = "DeviceError";
}

/** A use of a tensor whose memory was given back. */
export class DisposedError extends AkariError {
  override name = "DisposedError";
}

/** A gradient that cannot be computed: a second backward pass, a saved tensor changed in place, no graph. */
export class AutogradError extends AkariError {
  override name = "AutogradError";
}

/** A file that is missing, truncated, malformed or refused for safety. */
export class FileError extends AkariError {
  override name = "FileError";
}

/** The error that a `check` call asks for, with the element that was refused. */
export function checkError(call: Pick<CheckCall, "error" | "message">, value: number): AkariError {
  return new { IndexError, ArgumentError, AutogradError }[call.error](call.message.replace("{}", `${value}`));
}
