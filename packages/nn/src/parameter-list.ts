/**
 * Lists and dictionaries of parameters for a custom `forward`, and conversion between parameters and one vector.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, cat, IndexError, type Tensor } from "@akari/tensor";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * List of parameters. Tensors are converted to parameters. Their names in the state are "0", "1", ….
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 */
export class ParameterList extends Module {
  static override name = "ParameterList";

  constructor(parameters: Iterable<Tensor> = []) {
    super();
    for (const parameter of parameters) this.append(parameter);
  }

  /** Number of parameters. */
  override get length(): number {
    return this.ownParameters().length;
  }

  /** Appends a parameter. Returns the list. */
  append(parameter: Tensor): this {
    Reflect.set(this, String(this.length), asParameter(parameter));
    return this;
  }

  /**
   * Returns the parameter at an index; negative indices count from the end.
   *
   * @throws IndexError when the index is out of range.
   */
  at(index: number): Parameter {
    const found = [...this].at(index);
    if (found === undefined)
      throw new IndexError(`ParameterList: index ${index} is out of range for ${this.length} parameters`);
    return found;
  }

  /** Iterates over the parameters in order. */
  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.ownParameters()
      .map(([, parameter]) => parameter)
      .values();
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
export class ParameterDict extends Module {
  static override name = "ParameterDict";

  constructor(parameters: Readonly<Record<string, Tensor>> = {}) {
    super();
    for (const [name, parameter] of Object.entries(parameters)) this.set(name, parameter);
  }

  /**
   * Returns the parameter with a name.
   *
   * @throws IndexError when there is no parameter with that name.
   */
  get(name: string): Parameter {
    if (!this.has(name))
      throw new IndexError(`ParameterDict: there is no parameter "${name}"; there are: ${this.keys().join(", ")}`);
    return Reflect.get(this, name) as Parameter; // safe: checked by `has`
  }

  /**
   * Sets the parameter with a name. Returns the dictionary.
   *
   * @throws ArgumentError when the name is that of a method or property of the dictionary.
   */
  set(name: string, parameter: Tensor): this {
    if (name in this && !this.has(name))
      throw new ArgumentError(`ParameterDict: "${name}" is a reserved name; use another`);
    Reflect.set(this, name, asParameter(parameter));
    return this;
  }

  /** Returns whether there is a parameter with a name. */
  has(name: string): boolean {
    return Object.hasOwn(this, name) && Reflect.get(this, name) instanceof Parameter;
  }

  /** Removes the parameter with a name. Returns whether there was one. */
  delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }

  /** Returns the names of the parameters. */
  keys(): string[] {
    return this.ownParameters().map(([name]) => name);
  }

  /** Iterates over [name, parameter] pairs. */
  [Symbol.iterator](): IterableIterator<[string, Parameter]> {
    return this.ownParameters().values();
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
  return cat(Array.from(parameters, (parameter) => parameter.reshape([-1])));
}

/**
 * Copies consecutive slices of a vector into parameters.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
 *
 * @throws ArgumentError, before anything is changed, unless the vector has as many elements as all parameters together.
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = [...parameters];
  const total = list.reduce((sum, parameter) => sum + parameter.numel(), 0);
  if (vector.ndim !== 1 || vector.numel() !== total) {
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
