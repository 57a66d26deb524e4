/**
 * Where bytes come from and go to. What reads and writes is loaded with the first file: an application that keeps its own bytes needs none of it.
 */

/** What can be read: a path, a URL, or a file that the user chose in a page. */
export type Source = string | URL | Blob;

/** A file that is being written. */
export interface OpenFile {
  /** Appends bytes, all of them. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until everything is on the disk. */
  sync(): Promise<void>;
  /** Gives the file back to the system; nothing can be written to it any more. */
  close(): Promise<void>;
}

/** What writing needs of a file system. Tests hand in one that fails. */
export interface FileSystem {
  /** Opens a new file; fails if there is one already. */
  create(path: string): Promise<OpenFile>;
  /** Gives a file another name, in one step; a file that had this name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

/**
 * All bytes of a file, and how it is called in messages: `loadNpy: x.npy`. In Node strings are paths, in a browser addresses to fetch.
 *
 * @throws FileError when it cannot be read.
 */
export async function readFile(
  operation: string,
  source: Source,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly what: string }> {
  const { nameOf, readBytes } = await import("./disk.ts");
  return { bytes: await readBytes(operation, source), what: `${operation}: ${nameOf(source)}` };
}

/**
 * Writes a file so that it is there whole or not at all.
 *
 * @throws FileError when it cannot be written; a file that was there before is then still the old one.
 */
export async function writeFile(operation: string, path: string | URL, chunks: Iterable<Uint8Array>): Promise<void> {
  const { writeAtomically } = await import("./disk.ts");
  await writeAtomically(operation, path, chunks);
}
