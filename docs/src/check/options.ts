/**
 * Checks that the page of a function or class lists its options.
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

/** Whether a type refers to a declaration of this project. Built-in types such as `ErrorOptions` do not. */
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
 * Returns a message for each function and class with a parameter `options` whose page lists no option in any overload.
 */
export function hiddenOptions(project: ProjectReflection): string[] {
  const shown = new Map<Reflection, boolean>();
  // Safe: reflections of this kind are parameters.
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
    isShown ? [] : [`${owner.getFriendlyFullName()}: the page lists none of its options`],
  );
}
