/**
 * The location of downloaded datasets: the platform's folder for caches.
 */

import { join, nodeProcess } from "./node.ts";

/** The environment that determines the cache folder. */
export interface Surroundings {
  /** Operating system, by Node's name: `"darwin"`, `"win32"`, `"linux"` or another. */
  readonly platform: string;
  /** Environment variables. Only `XDG_CACHE_HOME` and `LOCALAPPDATA` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the user; empty if there is none. */
  readonly home: string;
}

/**
 * Returns the folder of Akari's caches: `$XDG_CACHE_HOME/akari` if that variable is an absolute path; otherwise
 * `~/Library/Caches/akari` on macOS, `%LOCALAPPDATA%\akari\Cache` on Windows, and `~/.cache/akari` elsewhere. Null in a
 * browser and for a user without a home directory.
 *
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolder(surroundings: Surroundings | null = here()): string | null {
  if (surroundings === null) return null;
  const { platform, env, home } = surroundings;
  const chosen = env.XDG_CACHE_HOME;
  if (chosen !== undefined && /^([/\\]|[A-Za-z]:)/.test(chosen)) return join(chosen, "akari");
  if (platform === "win32" && env.LOCALAPPDATA) return join(join(env.LOCALAPPDATA, "akari"), "Cache");
  if (home === "") return null;
  if (platform === "darwin") return join(home, "Library/Caches/akari");
  return join(home, ".cache/akari");
}

function here(): Surroundings | null {
  const node = nodeProcess();
  if (node === null) return null;
  // safe: the type of the module with this name
  const { homedir } = node.getBuiltinModule("node:os") as typeof import("node:os");
  return { platform: node.platform, env: node.env, home: homedir() };
}
