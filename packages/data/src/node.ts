/**
 * What Node says of itself and of paths; in a browser, nothing. Apart from the file system, since asking for a folder's
 * name should not bring that along.
 */

/**
 * What is used of Node's `process`. Written out, so that those who use this package in a browser need no types of Node.
 */
export interface NodeProcess {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { readonly isTTY?: boolean };
  readonly getBuiltinModule: (name: string) => unknown;
}

/** Node's `process`, or null in a browser. */
export function nodeProcess(): NodeProcess | null {
  const found = (globalThis as { process?: Partial<NodeProcess> }).process;
  // Safe: what has this function is Node's, or does as Node does.
  return typeof found?.getBuiltinModule === "function" ? (found as NodeProcess) : null;
}

/** The folder that ends a path, and a name in it, joined. */
export function join(folder: string, name: string): string {
  return folder === "" || /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}
