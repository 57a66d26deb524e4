/**
 * Locates the recorded files and the real MNIST. They are not part of the repository; without them, the tests that need
 * them are skipped and print why.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

function folder(variable: string, beside: string, what: string): string | null {
  const path = process.env[variable] ?? fileURLToPath(new URL(`../../../../${beside}`, import.meta.url));
  if (existsSync(path)) return path;
  console.warn(`skipped: there is no ${what} at ${path}; set ${variable}`);
  return null;
}

/** The folder of recorded PyTorch results, or null. */
export const golden: string | null = folder("AKARI_GOLDEN", "shared/golden", "golden data");

/** The folder of the MNIST files, or null. */
export const mnist: string | null = folder("MNIST_DIR", "shared/data/mnist", "MNIST");
