/**
 * A pointwise operation is a constant, `export const relu: Unary = pointwise(...)`, and a function to whoever calls it. Here it becomes a function of
 * the reference as well: its parameters are named as in the formula, and typed as `Pointwise` says.
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

/** The operations found: the page of each says what it has besides. */
export const pointwiseOperations: WeakSet<DeclarationReflection> = new WeakSet();

/** The parameters of the formula that a constant is made from: `(x, slope) => ...`. */
function formulaParameters(declaration: ts.VariableDeclaration): string[] {
  const call = declaration.initializer;
  if (call === undefined || !ts.isCallExpression(call)) return [];
  const formula = call.arguments.find((argument) => ts.isArrowFunction(argument));
  return formula?.parameters.map((parameter) => parameter.name.getText()) ?? [];
}

/** Turns a constant into a function, if it is a pointwise operation. */
export function asFunction(context: Context, reflection: DeclarationReflection): void {
  if (!reflection.kindOf(ReflectionKind.Variable)) return;
  const declaration = context.getSymbolFromReflection(reflection)?.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return;
  const type = context.checker.getTypeAtLocation(declaration);
  const [signature] = type.getCallSignatures();
  const operands = signature?.parameters[0];
  if (type.getProperty("formula") === undefined || type.getProperty("inPlace") === undefined || operands === undefined) return;

  const names = formulaParameters(declaration);
  const tuple = context.checker.getTypeOfSymbolAtLocation(operands, declaration);
  // Safe: the operands are a tuple, as `Pointwise` says.
  const types = context.checker.getTypeArguments(tuple as ts.TypeReference);
  const scope = context.withScope(reflection);
  const call = new SignatureReflection(reflection.name, ReflectionKind.CallSignature, reflection);
  call.parameters = types.map((of, i) => {
    const parameter = new ParameterReflection(names[i] ?? "abcd".charAt(i), ReflectionKind.Parameter, call);
    parameter.type = context.converter.convertType(scope, of);
    context.project.registerReflection(parameter, undefined, undefined);
    return parameter;
  });
  if (signature !== undefined) call.type = context.converter.convertType(scope, signature.getReturnType());
  if (reflection.comment !== undefined) call.comment = reflection.comment;
  context.project.registerReflection(call, undefined, undefined);
  delete reflection.comment;
  delete reflection.type;
  delete reflection.defaultValue;
  reflection.kind = ReflectionKind.Function;
  reflection.setFlag(ReflectionFlag.Const, false);
  reflection.signatures = [call];
  pointwiseOperations.add(reflection);
}
