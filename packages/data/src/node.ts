/**
 * Access to Node's `process`, and paths. Separate from the file system so that code which only needs a path does not
 * load it.
 */

/** The used part of Node's `process`. Declared here so that users in a browser do not need the types of Node. */
export interface NodeProcess {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { readonly isTTY?: boolean };
  readonly getBuiltinModule: (name: string) => unknown;
}

/** Returns Node's `process`, or null in a browser. */
export function nodeProcess(): NodeProcess | null {
  const found = (globalThis as { process?: Partial<NodeProcess> }).process;
  // safe: an object with this function is Node's `process` or compatible with it
  return typeof found?.getBuiltinModule === "function" ? (found as NodeProcess) : null;
}

/** Joins a folder and a name. */
export function join(folder: string, name: string): string {
  return folder === "" || /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}
