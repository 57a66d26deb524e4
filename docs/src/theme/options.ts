/**
 * Finds the properties of options types: interfaces, parts of interfaces (`Omit`, `Pick`, `Partial`), and combinations
 * of these.
 */

import type { DeclarationReflection, ReferenceType, SomeType } from "typedoc";

/** A property, and whether it is optional in the given type. */
export interface Field {
  readonly declaration: DeclarationReflection;
  readonly optional: boolean;
}

/** Options with the declaration that describes them, or null for an inline type. */
export interface Options {
  readonly target: DeclarationReflection | null;
  readonly fields: readonly Field[];
}

/** Whether a declaration is an options type, judging by its name. */
export function isOptions({ name }: DeclarationReflection): boolean {
  return /Options?$/.test(name);
}

/** Returns a property as it is declared. */
export function fieldOf(declaration: DeclarationReflection): Field {
  return { declaration, optional: declaration.flags.isOptional === true };
}

/** Returns the properties of an options type. */
export function fieldsOf({ children, type }: DeclarationReflection): readonly Field[] {
  if (children === undefined) return fieldsIn(type);
  return children
    .filter(({ flags }) => flags.isProtected !== true)
    .sort((a, b) => distance(a) - distance(b))
    .map(fieldOf);
}

/** Returns how many levels up a property is inherited from, so that a type's own properties come first. */
function distance({ inheritedFrom }: DeclarationReflection): number {
  if (inheritedFrom === undefined) return 0;
  return 1 + (inheritedFrom.reflection?.isDeclaration() ? distance(inheritedFrom.reflection) : 0);
}

/** Returns the names in `"stride" | "padding"`. */
function namesIn(type: SomeType | undefined): unknown[] {
  if (type?.type === "union") return type.types.flatMap(namesIn);
  return type?.type === "literal" ? [type.value] : [];
}

/** Applies `Omit`, `Pick` and similar types to properties. Returns null for any other type. */
function partOf({ name, typeArguments = [] }: ReferenceType, fields: readonly Field[]): readonly Field[] | null {
  const names = namesIn(typeArguments[1]);
  if (name === "Readonly") return fields;
  if (name === "Partial" || name === "Required")
    return fields.map((field) => ({ ...field, optional: name === "Partial" }));
  if (name === "Omit" || name === "Pick")
    return fields.filter((field) => names.includes(field.declaration.name) === (name === "Pick"));
  return null;
}

function fieldsIn(type: SomeType | undefined): readonly Field[] {
  if (type?.type === "intersection") return type.types.flatMap(fieldsIn);
  if (type?.type === "reflection") return fieldsOf(type.declaration);
  if (type?.type !== "reference") return [];
  return (
    partOf(type, fieldsIn(type.typeArguments?.[0])) ??
    (type.reflection?.isDeclaration() ? fieldsOf(type.reflection) : [])
  );
}

/** Returns the options that a parameter's type consists of. */
export function optionsIn(type: SomeType | undefined): readonly Options[] {
  if (type?.type === "intersection" || type?.type === "union") {
    const all = type.types.flatMap(optionsIn);
    return all.filter(({ target }, i) => all.findIndex((other) => other.target === target) === i);
  }
  if (type?.type === "reflection") {
    const described = fieldsOf(type.declaration).filter(({ declaration }) => declaration.hasComment());
    return described.length === 0 ? [] : [{ target: null, fields: described }];
  }
  if (type?.type !== "reference") return [];
  const inner = optionsIn(type.typeArguments?.[0]);
  const parts = inner.flatMap(({ target, fields }) => {
    const part = partOf(type, fields);
    return part === null ? [] : [{ target, fields: part }];
  });
  if (parts.length > 0) return parts;
  const target = type.reflection;
  return target?.isDeclaration() && isOptions(target) ? [{ target, fields: fieldsOf(target) }] : [];
}
