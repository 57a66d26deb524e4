/**
 * Where downloaded datasets are kept: in the folder that the user's platform sets aside for what can be fetched again.
 */

import { join, nodeProcess } from "./node.ts";

/** What the place depends on. */
export interface Surroundings {
  /** The operating system, as Node calls it: `"darwin"`, `"win32"`, `"linux"` or another. */
  readonly platform: string;
  /** The variables of the environment; `XDG_CACHE_HOME` and `LOCALAPPDATA` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own folder; empty for a user without one. */
  readonly home: string;
}

/**
 * The folder of Akari's caches: `$XDG_CACHE_HOME/akari` where that is set to an absolute path; else
 * `~/Library/Caches/akari` on macOS, `%LOCALAPPDATA%\akari\Cache` on Windows, and `~/.cache/akari` everywhere else.
 * Null in a browser, or for a user without a home.
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
  // Safe: that is what the module of this name is.
  const { homedir } = node.getBuiltinModule("node:os") as typeof import("node:os");
  return { platform: node.platform, env: node.env, home: homedir() };
}
