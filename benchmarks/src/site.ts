/** Bundles the peers' page like an application, and serves it locally. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";

/** The address of the page, and the function that stops serving it. */
export interface Site {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Bundles the page and serves it cross-origin isolated. Otherwise the resolution of the browser's clock would be only a
 * tenth of a millisecond.
 */
export async function serve(): Promise<Site> {
  const root = fileURLToPath(new URL(".", import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), "akari-bench-"));
  const settings = { configFile: false, logLevel: "error", root } as const;
  try {
    await build({
      ...settings,
      build: {
        outDir,
        emptyOutDir: true,
        target: "esnext",
        chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
        // These are imported in Node only.
        rollupOptions: {
          input: join(root, "page.html"),
          external: [/^node:/, "webgpu", "@tensorflow/tfjs-backend-wasm"],
        },
      },
    });
    const server = await preview({
      ...settings,
      build: { outDir },
      preview: {
        host: "127.0.0.1",
        port: 0,
        headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
      },
    });
    const [address] = server.resolvedUrls?.local ?? [];
    if (address === undefined) throw new Error("the server has no local address");
    return {
      address: new URL("page.html", address).href,
      async close() {
        await server.close();
        await rm(outDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(outDir, { recursive: true, force: true });
    throw error;
  }
}
