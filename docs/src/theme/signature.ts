/**
 * Formats signatures: names, types and defaults on one line if they fit, otherwise one line per parameter; and the
 * short form for tables, with names only.
 */

import {
  type DefaultThemeRenderContext,
  JSX,
  type ParameterReflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
  type TypeParameterReflection,
} from "typedoc";

const h = JSX.createElement;

/** Number of characters that fit on one line. */
const wide = 84;

/** A parameter as it is shown. A rest parameter with a tuple type is shown as several. */
interface Shown {
  readonly name: string;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly type: SomeType | undefined;
  readonly defaultValue: string | null;
}

function shown(parameter: ParameterReflection): Shown[] {
  const { type, defaultValue, flags } = parameter;
  if (parameter.name === "this") return [];
  if (flags.isRest && type?.type === "tuple" && type.elements.every((element) => element.type === "namedTupleMember")) {
    return type.elements.flatMap((element) =>
      element.type === "namedTupleMember"
        ? [{ name: element.name, optional: element.isOptional, rest: false, type: element.element, defaultValue: null }]
        : [],
    );
  }
  const short =
    defaultValue !== undefined && !/^(\{.*\}|\.\.\.|undefined)$/s.test(defaultValue) && defaultValue.length < 24;
  return [
    {
      name: parameter.name,
      optional: flags.isOptional || defaultValue !== undefined,
      rest: flags.isRest,
      type,
      defaultValue: short ? defaultValue : null,
    },
  ];
}

/** Formats the names of the parameters: `(input, dim, options?)`. */
export function hint(signature: SignatureReflection): string {
  const parameters = (signature.parameters ?? []).flatMap(shown);
  return `(${parameters.map(({ name, optional, rest }) => `${rest ? "…" : ""}${name}${optional ? "?" : ""}`).join(", ")})`;
}

const symbol = (text: string): JSX.Element => h("span", { class: "tsd-signature-symbol" }, text);

function parameter(
  context: DefaultThemeRenderContext,
  { name, optional, rest, type, defaultValue }: Shown,
): JSX.Children[] {
  return [
    rest ? symbol("...") : "",
    h("span", { class: "tsd-kind-parameter" }, name),
    symbol(optional && defaultValue === null ? "?: " : ": "),
    context.type(type),
    defaultValue === null ? "" : symbol(` = ${defaultValue}`),
  ];
}

/** Formats a type parameter: `I extends boolean = false`. */
export function typeParameter(context: DefaultThemeRenderContext, reflection: TypeParameterReflection): JSX.Element {
  const { name, type, default: otherwise } = reflection;
  return h(
    JSX.Fragment,
    null,
    h(
      "span",
      {
        class: "tsd-kind-type-parameter",
        id: context.router.hasUrl(reflection) ? context.getAnchor(reflection) : undefined,
      },
      name,
    ),
    ...(type === undefined ? [] : [h("span", { class: "tsd-signature-keyword" }, " extends "), context.type(type)]),
    ...(otherwise === undefined ? [] : [symbol(" = "), context.type(otherwise)]),
  );
}

/** Formats a signature with all types. */
export function line(
  context: DefaultThemeRenderContext,
  signature: SignatureReflection,
  name: string = signature.name,
): JSX.Element {
  const parameters = (signature.parameters ?? []).flatMap(shown);
  const constructs = signature.kind === ReflectionKind.ConstructorSignature;
  const result = constructs ? undefined : signature.type;
  // The type parameters of a class are shown above its constructors.
  const types = (constructs ? [] : (signature.typeParameters ?? [])).flatMap((each, i) => [
    symbol(i === 0 ? "<" : ", "),
    typeParameter(context, each),
  ]);
  const length =
    name.length +
    (signature.typeParameters ?? []).reduce(
      (sum, { name: of, type }) => sum + of.length + (type?.toString().length ?? 0) + 4,
      0,
    ) +
    parameters.reduce(
      (sum, { name: of, type, defaultValue }) =>
        sum + of.length + (type?.toString().length ?? 0) + (defaultValue?.length ?? 0) + 4,
      0,
    ) +
    (result?.toString().length ?? 0);
  const broken = length > wide && parameters.length > 0;
  const inner = parameters.flatMap((each, i) => [
    broken ? "\n  " : i === 0 ? "" : symbol(", "),
    ...parameter(context, each),
    broken ? symbol(",") : "",
  ]);
  return h(
    JSX.Fragment,
    null,
    constructs ? h("span", { class: "tsd-signature-keyword" }, "new ") : "",
    h("span", { class: "ak-name" }, name),
    ...types,
    types.length > 0 ? symbol(">") : "",
    symbol("("),
    ...inner,
    broken ? "\n" : "",
    symbol(")"),
    ...(result === undefined ? [] : [symbol(": "), context.type(result)]),
  );
}
