/** The plugin does not look for calls in `@akari/tensor`, so its functions must call each other and no methods. */

import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../tensor/src/", import.meta.url));

it("the sources of @akari/tensor call no method that its tables install", { timeout: 120_000 }, () => {
  const files = globSync("**/*.ts", { cwd: root, exclude: ["testing/**"] }).map((path) => `${root}${path}`);
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const calls: string[] = [];
  let seen = 0;
  for (const path of files) {
    const source = program.getSourceFile(path) as ts.SourceFile;
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node)) {
        const [declaration] = checker.getSymbolAtLocation(node.name)?.declarations ?? [];
        if (declaration) seen++;
        const from = declaration?.getSourceFile().fileName ?? "";
        if (from.includes("/src/methods/")) calls.push(`${path.slice(root.length)}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(seen).toBeGreaterThan(5000);
  expect(calls).toEqual([]);
});
