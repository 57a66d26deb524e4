/**
 * Whether the page of a function or of a class shows what its options are.
 */

import {
  makeRecursiveVisitor,
  type ParameterReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type SomeType,
} from "typedoc";
import { optionsIn } from "../theme/options.ts";

/** Whether a type is made of what is declared here: the language's own, `ErrorOptions`, have their pages elsewhere. */
function isDeclaredHere(type: SomeType | undefined): boolean {
  let found = false;
  const note = (): void => {
    found = true;
  };
  type?.visit(
    makeRecursiveVisitor({
      reference: ({ reflection }) => {
        if (reflection?.isDeclaration()) note();
      },
      reflection: note,
    }),
  );
  return found;
}

/**
 * Functions and classes whose parameter `options` has a type of which the page shows no field, in none of their forms.
 */
export function hiddenOptions(project: ProjectReflection): string[] {
  const shown = new Map<Reflection, boolean>();
  // Safe: that is what the kind says.
  for (const { name, type, parent } of project.getReflectionsByKind(
    ReflectionKind.Parameter,
  ) as ParameterReflection[]) {
    const owner = parent?.parent;
    if (
      name !== "options" ||
      !owner?.kindOf(ReflectionKind.Function | ReflectionKind.Constructor) ||
      !isDeclaredHere(type)
    )
      continue;
    shown.set(owner, shown.get(owner) === true || optionsIn(type).some(({ fields }) => fields.length > 0));
  }
  return [...shown].flatMap(([owner, isShown]) =>
    isShown ? [] : [`${owner.getFriendlyFullName()}: the page shows no field of its options`],
  );
}
