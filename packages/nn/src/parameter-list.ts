/**
 * Lists and dictionaries of parameters for a custom `forward`, and conversion between parameters and one vector.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, cat, itemsOf, reshape, shapeOf, sizeOf, type Tensor } from "@akari/tensor";
import { Dictionary, Sequence } from "./collection.ts";
import { Parameter } from "./parameter.ts";

/** Formats parameters by their dtypes and shapes, one per line. */
function shown(parameters: readonly (readonly [name: string, parameter: Parameter])[]): string {
  const lines = parameters.map(
    ([name, { dtype, shape }]) => `\n  (${name}): Parameter containing: [${dtype} of size ${shape.join("x")}]`,
  );
  return lines.length > 0 ? `${lines.join("")}\n` : "";
}

/**
 * List of parameters. Tensors are converted to parameters. Their names in the state are "0", "1", ….
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 */
export class ParameterList extends Sequence<Parameter> {
  static override name = "ParameterList";

  constructor(parameters: Iterable<Tensor> = []) {
    super();
    this.extend(parameters);
  }

  override extraRepr(): string {
    return shown(this.ownParameters());
  }

  protected items(): Parameter[] {
    return this.ownParameters().map(([, parameter]) => parameter);
  }

  protected asItem(_: string, tensor: Tensor): Parameter {
    return asParameter(tensor);
  }

  /** Throws a TypeError: a list has no `forward`. Use its parameters instead. */
  forward(): never {
    throw new TypeError("ParameterList: a list cannot be called; use the parameters in it");
  }
}

/**
 * Dictionary of parameters. Tensors are converted to parameters. Their names are those in the state.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict extends Dictionary<Readonly<Record<string, Parameter>>, Parameter> {
  static override name = "ParameterDict";

  constructor(parameters: Readonly<Record<string, Tensor>> = {}) {
    super();
    this.update(parameters);
  }

  protected asItem(_: string, tensor: Tensor): Parameter {
    return asParameter(tensor);
  }

  override extraRepr(): string {
    return shown(this.items());
  }

  items(): [string, Parameter][] {
    return this.ownParameters();
  }

  /**
   * Sets the parameter with a name. Returns the dictionary.
   *
   * @throws ArgumentError when the name is that of a method or property of the dictionary.
   */
  set(name: string, parameter: Tensor): this {
    return this.setItems([[name, parameter]]);
  }

  /** Throws a TypeError: a dictionary has no `forward`. Use its parameters instead. */
  forward(): never {
    throw new TypeError("ParameterDict: a dictionary cannot be called; use the parameters in it");
  }
}

function asParameter(tensor: Tensor): Parameter {
  return tensor instanceof Parameter ? tensor : new Parameter(tensor);
}

/**
 * Concatenates all parameters into one vector. Differentiable.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return cat(itemsOf("parametersToVector", parameters, "parameters").map((parameter) => reshape(parameter, [-1])));
}

/**
 * Copies consecutive slices of a vector into parameters.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
 *
 * @throws ArgumentError, before anything is changed, unless the vector has as many elements as all parameters together.
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = itemsOf("vectorToParameters", parameters, "parameters");
  const total = list.reduce((sum, parameter) => sum + sizeOf(shapeOf("vectorToParameters", parameter)), 0);
  if (shapeOf("vectorToParameters", vector).length !== 1 || vector.numel() !== total) {
    throw new ArgumentError(
      `vectorToParameters: the parameters have ${total} elements, expected a vector [${total}], got [${vector.shape.join(", ")}]`,
    );
  }
  noGrad(() => {
    let start = 0;
    for (const parameter of list) {
      parameter.copy_(vector.narrow(0, start, parameter.numel()).reshape(parameter.shape));
      start += parameter.numel();
    }
  });
}
