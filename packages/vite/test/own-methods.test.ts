/**
 * The plugin does not look for calls in `@akari/tensor`, so its functions must call each other and no methods. In the
 * other packages it looks for calls only, so methods must stand nowhere else.
 */

import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("no method stands in the sources of @akari/tensor, and in others only where it is called", {
  timeout: 240_000,
}, () => {
  const files = globSync("*/src/**/*.ts", { cwd: root, exclude: ["*/src/testing/**"] }).map((path) => `${root}${path}`);
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
  const wrong: string[] = [];
  let calls = 0;
  let seen = 0;
  for (const path of files) {
    const source = program.getSourceFile(path) as ts.SourceFile;
    /** Returns where a property is declared that is accessed or taken out of an object. */
    const declarationsOf = (node: ts.Node): readonly ts.Declaration[] => {
      if (ts.isPropertyAccessExpression(node)) return checker.getSymbolAtLocation(node.name)?.declarations ?? [];
      if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return [];
      const name = (node.propertyName ?? node.name).getText();
      return checker.getTypeAtLocation(node.parent).getProperty(name)?.declarations ?? [];
    };
    const visit = (node: ts.Node): void => {
      const declarations = declarationsOf(node);
      if (declarations.length > 0) seen++;
      const isMethod = declarations.some(
        (one) =>
          (ts.isMethodSignature(one) || ts.isPropertySignature(one)) &&
          ts.isInterfaceDeclaration(one.parent) &&
          /^\w+Methods$|^OtherNames$/.test(one.parent.name.text),
      );
      const isCall = isMethod && ts.isCallExpression(node.parent) && node.parent.expression === node;
      if (isCall) calls++;
      if (isMethod && (!isCall || path.startsWith(`${root}tensor/`)))
        wrong.push(`${path.slice(root.length)}: ${node.getText()}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  expect(seen).toBeGreaterThan(10_000);
  expect(calls).toBeGreaterThan(500);
  expect(wrong).toEqual([]);
});
