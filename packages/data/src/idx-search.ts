/**
 * The search for the files of a dataset. The implementation is loaded with the first search, so that applications with
 * their own data never load it.
 */

import type { DownloadOptions } from "./download.ts";
import type { Files } from "./files.ts";
import type { IdxArray } from "./idx.ts";
import type { IdxSource } from "./idx-sources.ts";

/** Options of `findSplit`. */
export interface IdxSearchOptions extends DownloadOptions {
  /** Folder to search first: a path or a URL, which may be relative in a browser. */
  readonly root?: string;
  /** Whether to download files that are not found. Default true. */
  readonly download?: boolean;
  /** File system to use; null for none. Default: Node's. */
  readonly files?: Files | null;
  /** Cache folder; null for none. Default: the result of `cacheFolder()`. */
  readonly cache?: string | null;
}

/** The contents of the two files of a split. */
export interface IdxSplit {
  /** Pixels: uint8 of shape [N, H, W], 0 for black. */
  readonly images: IdxArray;
  /** Class index of each image: uint8 of shape [N], 0 to 9. */
  readonly labels: IdxArray;
  /** Folder or URL of the files. */
  readonly from: string;
}

/**
 * Loads a split of a dataset from the first location that has it: `root`, the folder named by the environment variable
 * of the dataset, the cache, or its mirrors.
 *
 * @param train whether to load the training split or the test split.
 * @throws FileError when the files are damaged or do not belong together.
 * @throws DownloadError when the files are not found and cannot be downloaded.
 * @throws ArgumentError for an unknown option.
 */
export async function findSplit(source: IdxSource, train: boolean, options: IdxSearchOptions = {}): Promise<IdxSplit> {
  const { findChecked } = await import("./find-split.ts");
  return findChecked(source, train, options);
}
