/**
 * The families of `Tensor`'s members. A method stands in the family of the function of its name; what only a tensor has
 * is listed here.
 */

import { type DeclarationReflection, ReflectionKind } from "typedoc";
import type { Families } from "./families.ts";
import { table } from "./table.ts";

const own: Readonly<Record<string, string>> = {
  "What it is":
    "shape strides offset dtype device ndim dim ndimension numel nelement size stride elementSize isFloatingPoint isContiguous requiresGrad isLeaf isDisposed",
  Reading: "item itemSync toArray toArraySync data dataSync prefetch toString",
  Gradients: "backward grad retainGrad registerHook detach",
  Memory: "dispose [Symbol.dispose]",
  "Random numbers": "bernoulli multinomial",
  Creation: "newZeros newOnes newFull",
  "Copies and conversion": "float double half int long byte bool typeAs to clone contiguous copy_ setData",
  Reductions: "var",
  Shape: "T",
  "For authors of operations": "storage buffer viewed trace newEmpty allocate alias viewAs",
};

/** What stands first on the page, and what last; between them the families in the order of the package's page. */
const first = ["What it is", "Reading", "Gradients", "Memory"];
const last = ["For authors of operations"];

/** The title of a member's family, or null. */
function titleOf(
  families: Families,
  functions: ReadonlyMap<string, DeclarationReflection>,
  name: string,
): string | null {
  for (const [title, names] of Object.entries(own)) if (names.split(" ").includes(name)) return title;
  const target = functions.get(name) ?? functions.get(name.replace(/_$/, ""));
  return target === undefined ? null : (families.of(target)?.family.title ?? null);
}

function functionsOf(tensor: DeclarationReflection): Map<string, DeclarationReflection> {
  const module = tensor.parent;
  return new Map(module?.isDeclaration() ? module.children?.map((child) => [child.name, child]) : []);
}

/** The members of `Tensor` by family. */
export function tensorSections(
  families: Families,
  tensor: DeclarationReflection,
): { title: string; members: DeclarationReflection[] }[] {
  const functions = functionsOf(tensor);
  const order = [...first, ...(table["@akari/tensor"] ?? []).map(({ title }) => title), ...last];
  const byTitle = new Map<string, DeclarationReflection[]>(order.map((title) => [title, []]));
  for (const member of tensor.children ?? []) {
    if (member.kindOf(ReflectionKind.Constructor)) continue;
    byTitle.get(titleOf(families, functions, member.name) ?? "")?.push(member);
  }
  for (const [title, members] of byTitle) {
    const listed = own[title]?.split(" ") ?? [];
    members.sort(
      (a, b) =>
        listed.indexOf(a.name) - listed.indexOf(b.name) || a.name.localeCompare(b.name, "en", { sensitivity: "base" }),
    );
  }
  return [...byTitle].filter(([, members]) => members.length > 0).map(([title, members]) => ({ title, members }));
}

/** Members that have no family, and rows that no member answers to. */
export function tensorProblems(families: Families, tensor: DeclarationReflection): string[] {
  const functions = functionsOf(tensor);
  const members = (tensor.children ?? []).filter((member) => !member.kindOf(ReflectionKind.Constructor));
  const names = new Set(members.map(({ name }) => name));
  return [
    ...members
      .filter(({ name }) => titleOf(families, functions, name) === null)
      .map(
        ({ name }) =>
          `Tensor.${name} has no family; there is no function of its name, so add it to docs/src/families/tensor-members.ts`,
      ),
    ...Object.values(own)
      .flatMap((list) => list.split(" "))
      .filter((name) => !names.has(name))
      .map((name) => `Tensor has no member ${name}; take it out of docs/src/families/tensor-members.ts`),
  ];
}
