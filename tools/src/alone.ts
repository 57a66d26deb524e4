/**
 * Checks that each package can be used alone: each tarball is installed with its peers in an empty project outside the
 * workspace, where a small program is type-checked and run in each supported version of Node. The program of the
 * umbrella is also checked by the oldest supported TypeScript, run in Bun and Deno, bundled for the browser, without and
 * with our plugin, and, if Chromium is installed, run there under a Content-Security-Policy. The names of packages as arguments select those.
 */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "vite";
import { npm, run, tool } from "./commands.ts";
import { type Manifest, type Packed, packAll, root } from "./packages.ts";
import { programs } from "./programs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const releases = [22, 24, 26];

/** Returns the names of our packages that a package needs, including itself. */
function needs(name: string, all: ReadonlyMap<string, Packed>, found: Set<string> = new Set()): ReadonlySet<string> {
  const manifest: Manifest | undefined = all.get(name)?.manifest;
  if (!manifest || found.has(name)) return found;
  found.add(name);
  for (const other of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) needs(other, all, found);
  return found;
}

const compilerOptions = {
  target: "es2022",
  module: "nodenext",
  lib: ["es2022", "dom"],
  strict: true,
  exactOptionalPropertyTypes: true,
  types: [],
};

/** Creates a project, installs the package there, and type-checks and compiles its program. Returns the folder. */
function project(name: string, all: ReadonlyMap<string, Packed>): string {
  const program = programs[name];
  if (program === undefined) throw new Error(`${name} has no program in tools/src/programs.ts`);
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  // Safe: `needs` returns names in `all`.
  npm(folder, ...[...needs(name, all)].map((needed) => (all.get(needed) as Packed).tarball));
  writeFileSync(join(folder, "program.ts"), program);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  run(join(root, "node_modules/.bin/tsc"), ["-p", "."], folder);
  return folder;
}

/**
 * Bundles a project's program, including dynamic imports, into one script and runs it in Chromium, if it is installed.
 */
async function browser(folder: string, ...plugins: readonly Plugin[]): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    root: folder,
    plugins: [...plugins],
    build: {
      write: false,
      rollupOptions: {
        input: join(folder, "page.js"),
        output: { codeSplitting: false },
        onwarn: ({ message }) => {
          throw new Error(`the bundler warns: ${message}`);
        },
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const code = outputs
    .flatMap((one) =>
      "output" in one ? one.output.flatMap((chunk) => (chunk.type === "chunk" ? [chunk.code] : [])) : [],
    )
    .join("\n");
  const size = `${(gzipSync(code).length / 1000).toFixed(1)} KB gzipped`;
  const chromium = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
  if (!chromium) return `bundled, ${size}; not run, because Chromium is not installed`;
  writeFileSync(
    join(folder, "page.html"),
    `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' 'wasm-unsafe-eval'"><body>waiting<script type="module">${code.replaceAll("</script", "<\\/script")}</script></body>`,
  );
  const page = run(
    chromium,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--virtual-time-budget=60000",
      "--dump-dom",
      `file://${join(folder, "page.html")}`,
    ],
    folder,
  );
  if (!page.includes("<body>done")) throw new Error(`the page did not finish:\n${page.slice(-500)}`);
  return `bundled, ${size}, and run in Chromium`;
}

/** Installs `@akari/vite` in a project and returns its plugin. */
async function plugin(folder: string, all: ReadonlyMap<string, Packed>): Promise<Plugin> {
  npm(folder, (all.get("@akari/vite") as Packed).tarball); // safe: one of the packages
  const path = join(folder, "node_modules/@akari/vite/dist/index.js");
  // Safe: what the package exports.
  const { akari } = (await import(pathToFileURL(path).href)) as typeof import("@akari/vite");
  return akari();
}

const chosen = process.argv.slice(2);
const all = new Map(packAll().map((one) => [one.manifest.name, one]));
let failed = 0;
for (const name of chosen.length > 0 ? chosen : all.keys()) {
  const passed: string[] = [];
  try {
    const folder = project(name, all);
    passed.push("types");
    for (const release of releases) {
      run(tool(`node@${release}`, "node/bin/node"), ["program.js"], folder);
      passed.push(`Node ${release}`);
    }
    if (name === "akari") {
      run(process.execPath, [tool("typescript@5.7", "typescript/bin/tsc"), "-p", ".", "--noEmit"], folder);
      run(tool("bun@1", ".bin/bun"), ["program.js"], folder);
      run(tool("deno@2", ".bin/deno"), ["run", "--allow-all", "program.js"], folder);
      passed.push("TypeScript 5.7", "Bun", "Deno");
      writeFileSync(
        join(folder, "page.js"),
        'import "./program.js";\ndocument.body.firstChild.textContent = "done";\n',
      );
      passed.push(await browser(folder), `with @akari/vite ${await browser(folder, await plugin(folder, all))}`);
    }
    console.log(`${name}: ${passed.join(", ")}`);
  } catch (error) {
    failed++;
    console.log(`${name}: FAILED after ${passed.join(", ") || "nothing"}\n${String(error)}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
