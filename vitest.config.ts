/**
 * How the tests run. Projects are runtimes: `node` is there now, `browser` will stand beside it and run the same suites.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          environment: "node",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "benchmarks/test/**/*.test.ts", "conformance/test/**/*.test.ts", "tools/test/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
