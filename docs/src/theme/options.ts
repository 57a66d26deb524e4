/**
 * What options there are: the fields of a type, whether it is an interface, a part of one (`Omit`, `Pick`, `Partial`),
 * or several of them together.
 */

import type { DeclarationReflection, ReferenceType, SomeType } from "typedoc";

/** A field, and whether it may be left out. */
export interface Field {
  readonly declaration: DeclarationReflection;
  readonly optional: boolean;
}

/** Options, by the name that describes them; null for those that are written where they are taken. */
export interface Options {
  readonly target: DeclarationReflection | null;
  readonly fields: readonly Field[];
}

/** Whether a type holds the options of something. */
export function isOptions({ name }: DeclarationReflection): boolean {
  return /Options?$/.test(name);
}

/** A field as it was declared. */
export function fieldOf(declaration: DeclarationReflection): Field {
  return { declaration, optional: declaration.flags.isOptional === true };
}

/** The fields of an options type. */
export function fieldsOf({ children, type }: DeclarationReflection): readonly Field[] {
  if (children === undefined) return fieldsIn(type);
  return children
    .filter(({ flags }) => flags.isProtected !== true)
    .sort((a, b) => distance(a) - distance(b))
    .map(fieldOf);
}

/** How far up a field comes from: what a type has of its own is what a reader looks for first. */
function distance({ inheritedFrom }: DeclarationReflection): number {
  if (inheritedFrom === undefined) return 0;
  return 1 + (inheritedFrom.reflection?.isDeclaration() ? distance(inheritedFrom.reflection) : 0);
}

/** The names in `"stride" | "padding"`. */
function namesIn(type: SomeType | undefined): unknown[] {
  if (type?.type === "union") return type.types.flatMap(namesIn);
  return type?.type === "literal" ? [type.value] : [];
}

/** The part of some fields that `Omit`, `Pick` and the like leave, or null where a type is none of these. */
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

/** The options that a parameter's type is made of. */
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
