/**
 * The public face of `@akari/data`.
 */

export { cacheFolder, type Surroundings } from "./cache.ts";
export { DownloadError, type DownloadOptions, download } from "./download.ts";
export type { Files } from "./files.ts";
export { type IdxArray, parseIdx, readIdx } from "./idx.ts";
export { findSplit, type SearchOptions, type Split } from "./idx-search.ts";
export { type Checksum, fashionMnistSource, type IdxFile, type IdxSource, kmnistSource, mnistSource } from "./idx-sources.ts";
export { md5 } from "./md5.ts";
export type { Progress } from "./progress.ts";
export { type DigitBytes, drawDigits } from "./synthetic.ts";
