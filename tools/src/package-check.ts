/**
 * Checks the packed packages with publint and arethetypeswrong: every entry point must lead to an existing file with
 * matching types. The packages are ES modules, so findings about older kinds of CommonJS resolution are ignored. A
 * further check: of an import that uses nothing, bundlers must keep next to nothing, although each file contains many
 * sources.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "vite";
import { packAll } from "./packages.ts";

/** Returns the code that remains of a file when nothing that it exports is used, without its imports. */
async function keptWithoutUse(file: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      rollupOptions: {
        input: file,
        external: /^[@a-z]/,
        preserveEntrySignatures: false,
        treeshake: { moduleSideEffects: true },
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((one) => ("output" in one ? one.output : []));
  return chunks
    .flatMap((chunk) => (chunk.type === "chunk" && chunk.isEntry ? [chunk.code] : []))
    .join("")
    .replaceAll(/^(import|export|\/\/) .*\n/gm, "");
}

const packed = packAll();
let findings = 0;
for (const { folder, manifest, tarball } of packed) {
  const data = readFileSync(tarball);
  const lint = await publint({
    pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.length) },
    strict: true,
  });
  const lines = lint.messages.map((message) => `publint: ${formatMessage(message, lint.pkg) ?? message.code}`);

  const types = await checkPackage(createPackageFromTarballData(data));
  if (types.types === false) lines.push("arethetypeswrong: the package has no types");
  else {
    for (const problem of types.problems) {
      // Node 10 resolution does not support `exports`, and older CommonJS must use `import()`.
      if (
        "resolutionKind" in problem &&
        (problem.resolutionKind === "node10" || problem.resolutionKind === "node16-cjs")
      )
        continue;
      lines.push(`arethetypeswrong: ${JSON.stringify(problem)}`);
    }
  }
  for (const [name, { default: file }] of Object.entries(manifest.publishConfig.exports)) {
    // The suites for tests define their random inputs at the start.
    if (name === "./testing") continue;
    const kept = await keptWithoutUse(join(folder, file));
    if (kept.length > 3000) lines.push(`${file}: bundlers keep ${kept.length} characters of unused code:\n${kept}`);
  }
  findings += lines.length;
  console.log(`${manifest.name}: ${lines.length === 0 ? "no problems" : `${lines.length} problems`}`);
  for (const line of lines) console.log(`  ${line}`);
}
process.exitCode = findings === 0 ? 0 : 1;
