/**
 * Parameters that are taken apart where they are declared have no name. They are named for their type, `elements` of type `Elements`; most are options.
 */

import { type ParameterReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** Gives a name to every parameter that has none. */
export function nameParameters(project: ProjectReflection): void {
  // Safe: that is what the kind says.
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter) as ParameterReflection[]) {
    if (!parameter.name.startsWith("__namedParameters")) continue;
    const { type } = parameter;
    const named = type?.type === "reference" && type.reflection !== undefined && !/Options?$/.test(type.name) ? type.name : "options";
    parameter.name = named.charAt(0).toLowerCase() + named.slice(1);
  }
}
