/**
 * How the tests run. Projects are runtimes: `node`, `gpu` for the files called `webgpu.test.ts`, which run in Node on a
 * GPU or a program that stands for one, and `browser` for the files called `*.browser.test.ts`, which run in headless
 * Chromium: on a page that is cross-origin isolated, so that there are threads, and with a WebGPU adapter that is a
 * program on the CPU, so that there is one everywhere. The projects run one after another. Files of `node` run side by
 * side on all cores; the others would only take each other's, since such an adapter uses all of them.
 */
import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { chromiumPath, softwareArguments } from "./benchmarks/src/chromium.ts";

const browser: TestProjectInlineConfiguration = {
  server: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
  // Named here, or Vite finds them in the middle of the first run and loads the page anew. What is excluded is served
  // as it stands.
  optimizeDeps: { include: ["fast-check"], exclude: ["fflate"] },
  test: {
    name: "browser",
    sequence: { groupOrder: 2 },
    include: ["packages/*/test/**/*.browser.test.ts"],
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: chromiumPath, args: [...softwareArguments] },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
};

const hasChromium = existsSync(chromiumPath);
if (!hasChromium) {
  const reason = `there is no Chromium at ${chromiumPath}; install it, or say where it is with the environment variable CHROMIUM`;
  if (process.env.CI) throw new Error(`browser tests are required here: ${reason}`);
  console.log(`browser tests are skipped: ${reason}`);
}

const node: TestProjectInlineConfiguration = {
  test: {
    name: "node",
    environment: "node",
    maxWorkers: "100%",
    include: [
      "packages/*/test/**/*.test.ts",
      "apps/*/test/**/*.test.ts",
      "benchmarks/test/**/*.test.ts",
      "conformance/test/**/*.test.ts",
      "docs/test/**/*.test.ts",
      "tools/test/**/*.test.ts",
    ],
    exclude: [...configDefaults.exclude, "**/*.browser.test.ts", "**/webgpu.test.ts"],
    testTimeout: 60_000,
  },
};

const gpu: TestProjectInlineConfiguration = {
  test: {
    name: "gpu",
    environment: "node",
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
    include: ["**/test/**/webgpu.test.ts"],
    testTimeout: 60_000,
  },
};

export default defineConfig({
  test: {
    globalSetup: "./tools/src/temporary-folder.ts",
    projects: [node, gpu, ...(hasChromium ? [browser] : [])],
  },
});
