/**
 * Where bytes come from and go to.
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
