/**
 * The error of a download. Apart from `download`, which loads the code that throws it.
 */

import { FileError } from "@akari/tensor";

/** A file that no mirror delivered, or that may not be downloaded: with a network it might be had. */
export class DownloadError extends FileError {
  override name = "DownloadError";
}
