/**
 * The error of a failed download. It has its own file because the code that throws it is loaded on demand.
 */

import { FileError } from "@akari/tensor";

/** A file that could not be downloaded from any mirror, or that was not found while downloads are disabled. */
export class DownloadError extends FileError {
  override name = "DownloadError";
}
