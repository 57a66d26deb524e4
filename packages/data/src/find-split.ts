/**
 * Finds the two files of a split, images and labels: in the given folder, in the folder named by the environment
 * variable, in the user's cache, and finally on the network. The first location that has the files is used. Damaged
 * files are an error rather than a reason to search further, so that the user is informed about them.
 */

import { checkNames, FileError } from "@akari/tensor";
import { cacheFolder } from "./cache.ts";
import { DownloadError } from "./download-error.ts";
import { type Files, nodeFiles, reason, writeAtomically } from "./files.ts";
import type { IdxArray } from "./idx.ts";
import { checkPair, parseIdx, unpackIdx } from "./idx-format.ts";
import type { IdxSearchOptions, IdxSplit } from "./idx-search.ts";
import type { IdxFile, IdxSource } from "./idx-sources.ts";
import { digest } from "./md5-digest.ts";
import { downloadFrom, downloadNames } from "./mirrors.ts";
import { join, nodeProcess } from "./node.ts";

interface Found {
  readonly array: IdxArray;
  readonly path: string;
}

const placeNames: readonly string[] = ["root", "download", "files", "cache"] satisfies (keyof IdxSearchOptions)[];

/** Names of the options of `MNIST.load` and its relatives, besides those of images. */
export const searchOptions: readonly string[] = ["train", ...downloadNames, ...placeNames];

/** Implements `findSplit`. */
export function findChecked(source: IdxSource, train: boolean, options: IdxSearchOptions): Promise<IdxSplit> {
  checkNames("findSplit", options, [...downloadNames, ...placeNames]);
  return findFiles(source, train, options);
}

/** Implements `findSplit` without checking option names: `options` may contain others. */
export async function findFiles(source: IdxSource, train: boolean, options: IdxSearchOptions): Promise<IdxSplit> {
  const { files = nodeFiles(), cache = cacheFolder(), root } = options;
  const imageFile: IdxFile = train ? "train-images" : "t10k-images";
  const labelFile: IdxFile = train ? "train-labels" : "t10k-labels";
  const searched: string[] = [];

  const named = nodeProcess()?.env[source.variable];
  for (const place of [root, named]) {
    if (place === undefined || place === "") continue;
    searched.push(place);
    const remote = /^https?:\/\//.test(place) || files === null;
    const read = remote
      ? (path: string) => fetchFile(path, options.fetch ?? fetch)
      : (path: string) => files.read(path);
    // torchvision stores the files in a subfolder.
    for (const folder of remote ? [place] : [place, join(place, `${source.name}/raw`)]) {
      const images = await findFile(folder, imageFile, read);
      const labels = await findFile(folder, labelFile, read);
      if (images === null && labels === null) continue;
      if (images === null || labels === null) {
        const [here, missing] = images === null ? [labelFile, imageFile] : [imageFile, labelFile];
        throw new FileError(`${source.name}: ${folder} has the file ${here} but not the matching ${missing}`);
      }
      return pair(images, labels, folder);
    }
  }

  const kept = cache === null || files === null ? null : { folder: join(cache, source.name), files };
  if (kept !== null) searched.push(kept.folder);
  const fetched = async (file: IdxFile): Promise<Found> => {
    const found = kept === null ? null : await findFile(kept.folder, file, (path) => kept.files.read(path));
    if (found !== null) return found;
    if (options.download === false) {
      throw new DownloadError(
        `${source.name}: there is no ${nameOf(file)} in ${searched.join(", ")}, and downloads are disabled`,
      );
    }
    return downloadFile(source, file, kept, options);
  };
  return pair(
    await fetched(imageFile),
    await fetched(labelFile),
    kept?.folder ?? (await source.origin()).mirrors[0] ?? "",
  );
}

function pair(images: Found, labels: Found, from: string): IdxSplit {
  checkPair(images.array, labels.array, images.path, labels.path);
  return { images: images.array, labels: labels.array, from };
}

/** Returns the full name of a file: `train-images-idx3-ubyte`. */
function nameOf(file: IdxFile): string {
  return `${file}-idx${file.endsWith("images") ? 3 : 1}-ubyte`;
}

/** Reads a file from `folder` under any of its usual names, plain or gzip. Resolves to null if there is none. */
async function findFile(
  folder: string,
  file: IdxFile,
  read: (path: string) => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<Found | null> {
  const dashed = nameOf(file);
  const dotted = dashed.replace("-idx", ".idx");
  for (const name of [dashed, dotted, `${dashed}.gz`, `${dotted}.gz`]) {
    const path = join(folder, name);
    const bytes = await read(path);
    if (bytes !== null) return { array: parseIdx(await unpackIdx(bytes, path), path), path };
  }
  return null;
}

async function fetchFile(address: string, fetcher: typeof fetch): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await fetcher(address).catch((error: unknown) => {
    throw new FileError(`read: cannot fetch ${address}: ${reason(error)}`, { cause: error });
  });
  // Some servers respond with an HTML page instead of 404 if the file does not exist.
  if (response.status === 404 || response.headers.get("content-type")?.startsWith("text/html") === true) return null;
  if (!response.ok)
    throw new FileError(
      `read: cannot fetch ${address}: the server responded ${response.status} ${response.statusText}`,
    );
  return new Uint8Array(await response.arrayBuffer());
}

async function downloadFile(
  source: IdxSource,
  file: IdxFile,
  kept: { readonly folder: string; readonly files: Files } | null,
  options: IdxSearchOptions,
): Promise<Found> {
  const name = `${nameOf(file)}.gz`;
  const { mirrors, checksums } = await source.origin();
  const expected = checksums[file];
  let array: IdxArray | null = null;
  const packed = await downloadFrom(
    name,
    mirrors,
    async (bytes) => {
      const unpacked = await unpackIdx(bytes, name);
      const found = digest(expected.of === "packed" ? bytes : unpacked);
      if (found !== expected.md5) {
        throw new FileError(`the MD5 of the ${expected.of} file is ${found}, expected ${expected.md5}`);
      }
      array = parseIdx(unpacked, nameOf(file));
    },
    options,
  );
  if (kept !== null) {
    await kept.files.makeFolder(kept.folder).catch((error: unknown) => {
      throw new FileError(`${source.name}: cannot create the folder ${kept.folder}: ${reason(error)}`, {
        cause: error,
      });
    });
    await writeAtomically(join(kept.folder, name), packed, kept.files);
  }
  // safe: `downloadFrom` returns only bytes that passed the check above, which sets `array`
  return { array: array as unknown as IdxArray, path: kept === null ? name : join(kept.folder, name) };
}
