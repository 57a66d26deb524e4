/**
 * A constant that can be called is a function to whoever calls it: `export const relu: Unary = pointwise(...)`, or
 * `export const maxPool2d: MaxPool`. Here it becomes a function of the reference as well. The parameters of a pointwise
 * operation are named as in its formula.
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

/** The pointwise operations found: the page of each says what it has besides. */
export const pointwiseOperations: WeakSet<DeclarationReflection> = new WeakSet();

/** A parameter, as the compiler knows it. */
interface Parameter {
  readonly name: string;
  readonly type: ts.Type;
  readonly optional: boolean;
}

/** The parameters of the formula that a constant is made from: `(x, slope) => ...`. */
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

/** The operands of a pointwise operation, which come as one rest parameter. */
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

/** Turns a constant into a function, if it can be called. */
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
