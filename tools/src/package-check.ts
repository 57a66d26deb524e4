/**
 * What publint and arethetypeswrong find in the packed packages: whether every entry point leads to a file that is
 * there, with the types that belong to it. They are for ES modules only, so that CommonJS cannot `require` them in old
 * ways is no finding. And whether TypeScript put a helper around the name in an `import(name)`, of which bundlers warn;
 * and whether something built from a source that is there no more is still packed, since the compiler removes nothing.
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
  if (types.types === false) lines.push("arethetypeswrong: there are no types");
  else {
    for (const problem of types.problems) {
      // Old resolution knows no `exports`, and CommonJS gets these modules through `import()`.
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
      lines.push(`dist/${file}: its source is gone; remove dist and build again`);
    if (readFileSync(join(folder, "dist", file), "utf8").includes("__rewriteRelativeImportExtension"))
      lines.push(`${file}: import() of a name that is no literal; packages/tensor/import-module.js can do that`);
  }
  findings += lines.length;
  console.log(`${manifest.name}: ${lines.length === 0 ? "nothing found" : `${lines.length} found`}`);
  for (const line of lines) console.log(`  ${line}`);
}
process.exitCode = findings === 0 ? 0 : 1;
