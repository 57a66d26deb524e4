/** Configures how the page is served and built. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { akari } from "@akari/vite";
import { type Connect, defineConfig, type Plugin } from "vite";

/** Headers that make the page cross-origin isolated, which the CPU backend needs to use threads. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves the files of `MNIST_DIR` under `/mnist/`, so that the page can use MNIST without a network. */
function mnistFiles(): Plugin {
  const serve: Connect.SimpleHandleFunction = async (request, response) => {
    const [name] = /(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/.exec(request.url ?? "") ?? [];
    const folder = process.env.MNIST_DIR;
    // torchvision stores the files in a subfolder.
    for (const place of name === undefined || !folder ? [] : [join(folder, name), join(folder, "MNIST/raw", name)]) {
      const found = await stat(place).catch(() => null);
      if (!found?.isFile()) continue;
      response.writeHead(200, { ...headers, "Content-Type": "application/octet-stream", "Content-Length": found.size });
      createReadStream(place).pipe(response);
      return;
    }
    response.writeHead(404, headers).end();
  };
  return {
    name: "mnist-files",
    configureServer: ({ middlewares }) => void middlewares.use("/mnist/", serve),
    configurePreviewServer: ({ middlewares }) => void middlewares.use("/mnist/", serve),
  };
}

export default defineConfig({
  base: "./",
  plugins: [mnistFiles(), akari()],
  server: { headers },
  preview: { headers },
  worker: { format: "es", plugins: () => [akari()] },
  // A subfolder, because `tsc -b` also writes to `dist`, for type checking only.
  build: { outDir: "dist/site", emptyOutDir: true, target: "esnext" },
});
