/**
 * Names that TypeDoc does not give as a reader would write them.
 */

import { type ParameterReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/**
 * Parameters that are taken apart where they are declared have no name. They get their type's, `elements` of type
 * `Elements`; most are options.
 */
export function nameParameters(project: ProjectReflection): void {
  // Safe: that is what the kind says.
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter) as ParameterReflection[]) {
    if (!parameter.name.startsWith("__namedParameters")) continue;
    const { type } = parameter;
    const named =
      type?.type === "reference" && type.reflection !== undefined && !/Options?$/.test(type.name)
        ? type.name
        : "options";
    parameter.name = named.charAt(0).toLowerCase() + named.slice(1);
  }
}

/** Members named by a symbol: `[Symbol.dispose]`. */
export function nameSymbols(project: ProjectReflection): void {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.Method | ReflectionKind.CallSignature)) {
    reflection.name = reflection.name.replace(/^\[(?=(?:dispose|iterator|asyncIterator)\]$)/, "[Symbol.");
  }
}
