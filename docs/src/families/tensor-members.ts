/**
 * The families of `Tensor`'s members. A method belongs to the family of the function with the same name; members
 * without such a function are listed here.
 */

import { type DeclarationReflection, ReflectionKind } from "typedoc";
import type { Families } from "./families.ts";
import { table } from "./table.ts";

const own: Readonly<Record<string, string>> = {
  Attributes:
    "shape strides offset dtype device ndim dim ndimension numel nelement size stride elementSize isFloatingPoint isContiguous requiresGrad isLeaf isDisposed",
  "Reading values": "item itemSync toArray toArraySync data dataSync prefetch toString [toPrimitive]",
  Gradients: "backward grad requiresGrad_ retainGrad registerHook registerPostAccumulateGradHook detach detach_",
  Memory: "dispose [Symbol.dispose]",
  "Random numbers": "bernoulli multinomial",
  Creation: "newZeros newOnes newFull",
  "Copies and conversion": "float double half bfloat16 int long byte bool typeAs to clone contiguous copy_ setData",
  Reductions: "var sumToSize",
  Shape: "T viewAs",
  "For writing operations": "storage buffer viewed trace newEmpty allocate alias viewThrough",
};

/**
 * Families at the top and at the bottom of the page. The others are between them, in the order of the package's page.
 */
const first = ["Attributes", "Reading values", "Gradients", "Memory"];
const last = ["For writing operations"];

/** Returns the title of a member's family, or null if it has none. */
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

/** Returns the members of `Tensor` by family. */
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

/** Returns a message for each member without a family, and for each listed name that is not a member. */
export function tensorProblems(families: Families, tensor: DeclarationReflection): string[] {
  const functions = functionsOf(tensor);
  const members = (tensor.children ?? []).filter((member) => !member.kindOf(ReflectionKind.Constructor));
  const names = new Set(members.map(({ name }) => name));
  return [
    ...members
      .filter(({ name }) => titleOf(families, functions, name) === null)
      .map(
        ({ name }) =>
          `Tensor.${name} has no family, because no function has its name; add it to docs/src/families/tensor-members.ts`,
      ),
    ...Object.values(own)
      .flatMap((list) => list.split(" "))
      .filter((name) => !names.has(name))
      .map((name) => `Tensor has no member ${name}; remove it from docs/src/families/tensor-members.ts`),
  ];
}
