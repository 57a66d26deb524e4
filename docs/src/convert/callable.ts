/**
 * Converts callable constants, such as `export const relu: Unary = pointwise(...)` or
 * `export const maxPool2d: MaxPool`, to functions of the reference, since users call them like functions. The
 * parameters of a pointwise operation get their names from its formula.
 */

import {
  type Context,
  type DeclarationReflection,
  ParameterReflection,
  ReflectionFlag,
  ReflectionKind,
  SignatureReflection,
  TypeScript as ts,
} from "typedoc";

/** The pointwise operations found. Their pages also describe `inPlace` and `formula`. */
export const pointwiseOperations: WeakSet<DeclarationReflection> = new WeakSet();

/** A parameter with its compiler type. */
interface Parameter {
  readonly name: string;
  readonly type: ts.Type;
  readonly optional: boolean;
}

/** Returns the parameter names of the formula that a constant is made from: `(x, slope) => ...`. */
function formulaParameters(declaration: ts.VariableDeclaration): string[] {
  const call = declaration.initializer;
  if (call === undefined || !ts.isCallExpression(call)) return [];
  const formula = call.arguments.find((argument) => ts.isArrowFunction(argument));
  return formula?.parameters.map((parameter) => parameter.name.getText()) ?? [];
}

function parametersOf(
  checker: ts.TypeChecker,
  declaration: ts.VariableDeclaration,
  signature: ts.Signature,
): Parameter[] {
  return signature.parameters.map((symbol) => ({
    name: symbol.name,
    type: checker.getTypeOfSymbolAtLocation(symbol, declaration),
    optional:
      symbol.valueDeclaration !== undefined &&
      ts.isParameter(symbol.valueDeclaration) &&
      checker.isOptionalParameter(symbol.valueDeclaration),
  }));
}

/** Returns the operands of a pointwise operation, which is declared with a single rest parameter. */
function operandsOf(
  checker: ts.TypeChecker,
  declaration: ts.VariableDeclaration,
  signature: ts.Signature,
): Parameter[] {
  const names = formulaParameters(declaration);
  return parametersOf(checker, declaration, signature).flatMap(({ type }) =>
    // Safe: the operands are a tuple, as `Pointwise` says.
    checker
      .getTypeArguments(type as ts.TypeReference)
      .map((of, i) => ({ name: names[i] ?? "abcd".charAt(i), type: of, optional: false })),
  );
}

/** Converts a constant to a function if it is callable. */
export function asFunction(context: Context, reflection: DeclarationReflection): void {
  if (!reflection.kindOf(ReflectionKind.Variable)) return;
  const declaration = context.getSymbolFromReflection(reflection)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return;
  const type = context.checker.getTypeAtLocation(declaration);
  const signatures = type.getCallSignatures();
  if (signatures.length === 0) return;

  const isPointwise = type.getProperty("formula") !== undefined && type.getProperty("inPlace") !== undefined;
  const scope = context.withScope(reflection);
  reflection.signatures = signatures.map((signature) => {
    const call = new SignatureReflection(reflection.name, ReflectionKind.CallSignature, reflection);
    const parameters = (isPointwise ? operandsOf : parametersOf)(context.checker, declaration, signature);
    call.parameters = parameters.map(({ name, type: of, optional }) => {
      const parameter = new ParameterReflection(name, ReflectionKind.Parameter, call);
      const converted = context.converter.convertType(scope, of);
      if (optional && converted.type === "union")
        converted.types = converted.types.filter((each) => each.toString() !== "undefined");
      parameter.type = converted;
      parameter.setFlag(ReflectionFlag.Optional, optional);
      context.project.registerReflection(parameter, undefined, undefined);
      return parameter;
    });
    call.type = context.converter.convertType(scope, signature.getReturnType());
    context.project.registerReflection(call, undefined, undefined);
    return call;
  });
  const [only, another] = reflection.signatures;
  if (only !== undefined && another === undefined && reflection.comment !== undefined) {
    only.comment = reflection.comment;
    delete reflection.comment;
  }
  delete reflection.type;
  delete reflection.defaultValue;
  reflection.kind = ReflectionKind.Function;
  reflection.setFlag(ReflectionFlag.Const, false);
  if (isPointwise) pointwiseOperations.add(reflection);
}
