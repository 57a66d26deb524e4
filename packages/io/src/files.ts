/**
 * The interfaces of sources and of the file system.
 */

/** A file to read: a path, a URL, or a file chosen by the user in a page. */
export type Source = string | URL | Blob;

/** A file opened for writing. */
export interface OpenFile {
  /** Appends all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes the file to disk. */
  sync(): Promise<void>;
  /** Closes the file. */
  close(): Promise<void>;
}

/** The file system operations used for writing. */
export interface FileSystem {
  /** Creates a file and opens it for writing. Rejects if it exists. */
  create(path: string): Promise<OpenFile>;
  /** Renames a file atomically, replacing an existing one. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file if it exists. */
  remove(path: string): Promise<void>;
}
