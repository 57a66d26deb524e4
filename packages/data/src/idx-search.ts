/**
 * Where the files of a dataset are looked for. What does the looking, the network included, is loaded with the first
 * search: an application that brings data of its own never needs it.
 */

import type { DownloadOptions } from "./download.ts";
import type { Files } from "./files.ts";
import type { IdxArray } from "./idx.ts";
import type { IdxSource } from "./idx-sources.ts";

/** Where to look for the files of a dataset. */
export interface IdxSearchOptions extends DownloadOptions {
  /** The folder to look in first: a path, or an address (`https://…`; in a browser a relative one too). */
  readonly root?: string;
  /** Whether files that are nowhere else may be downloaded. Default true. */
  readonly download?: boolean;
  /** The file system; default Node's. */
  readonly files?: Files | null;
  /** The folder of the cache; default the platform's. */
  readonly cache?: string | null;
}

/** The two files of a split, read. */
export interface IdxSplit {
  /** The pixels: uint8 of shape [N, H, W], 0 for black. */
  readonly images: IdxArray;
  /** The class of each image: uint8 of shape [N], 0 to 9. */
  readonly labels: IdxArray;
  /** The folder or address that they came from. */
  readonly from: string;
}

/**
 * Loads the training (`train`) or the test split of a dataset.
 *
 * @throws FileError when the files are damaged or do not belong together; a DownloadError when they are nowhere to be
 * found.
 */
export async function findSplit(source: IdxSource, train: boolean, options: IdxSearchOptions = {}): Promise<IdxSplit> {
  const { findChecked } = await import("./find-split.ts");
  return findChecked(source, train, options);
}
