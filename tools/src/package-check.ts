/**
 * Checks the packed packages with publint and arethetypeswrong: every entry point must lead to an existing file with
 * matching types. The packages are ES modules, so findings about older kinds of CommonJS resolution are ignored. Two
 * further checks: TypeScript must not wrap the name in an `import(name)` in a helper, about which bundlers warn, and no
 * output of a deleted source may be packed, since the compiler does not remove it.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { packAll } from "./packages.ts";

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
  for (const file of readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js")) continue;
    if (!existsSync(join(folder, "src", file.replace(/js$/, "ts"))))
      lines.push(`dist/${file}: its source does not exist; remove dist and build again`);
    if (readFileSync(join(folder, "dist", file), "utf8").includes("__rewriteRelativeImportExtension"))
      lines.push(`${file}: import() of a name that is not a literal; use packages/tensor/import-module.js`);
  }
  findings += lines.length;
  console.log(`${manifest.name}: ${lines.length === 0 ? "no problems" : `${lines.length} problems`}`);
  for (const line of lines) console.log(`  ${line}`);
}
process.exitCode = findings === 0 ? 0 : 1;
