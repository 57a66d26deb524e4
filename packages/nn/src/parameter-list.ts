/**
 * Parameters in a list or by name, for a `forward` of one's own; and all parameters of a model as one vector.
 */

import { noGrad } from "@akari/autograd";
import { ArgumentError, cat, IndexError, type Tensor } from "@akari/tensor";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * Parameters in a list; they are named "0", "1", … in the state. Tensors become parameters.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 */
export class ParameterList extends Module {
  static override name = "ParameterList";

  constructor(parameters: Iterable<Tensor> = []) {
    super();
    for (const parameter of parameters) this.append(parameter);
  }

  /** How many parameters there are. */
  override get length(): number {
    return this.parameters().length;
  }

  /** Adds a parameter at the end. Returns the list. */
  append(parameter: Tensor): this {
    Reflect.set(this, String(this.length), asParameter(parameter));
    return this;
  }

  /** The parameter at a place; negative from the end. Throws an IndexError when there is none. */
  at(index: number): Parameter {
    const found = this.parameters().at(index);
    if (found === undefined)
      throw new IndexError(`ParameterList: index ${index} is out of range for ${this.length} parameters`);
    return found;
  }

  /** The parameters, in the order of the list. */
  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.parameters().values();
  }

  /** A list has no `forward`: use its parameters yourself. */
  forward(): never {
    throw new TypeError("ParameterList: a list cannot be called; use the parameters in it");
  }
}

/**
 * Parameters by name; the names are those in the state. Tensors become parameters.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict extends Module {
  static override name = "ParameterDict";

  constructor(parameters: Readonly<Record<string, Tensor>> = {}) {
    super();
    for (const [name, parameter] of Object.entries(parameters)) this.set(name, parameter);
  }

  /** The parameter of a name. Throws an IndexError when there is none. */
  get(name: string): Parameter {
    if (!this.has(name))
      throw new IndexError(`ParameterDict: there is no parameter "${name}"; there are: ${this.keys().join(", ")}`);
    return Reflect.get(this, name) as Parameter; // safe: as `has` says
  }

  /** Sets the parameter of a name. Returns the dictionary. Throws an ArgumentError for the name of a method. */
  set(name: string, parameter: Tensor): this {
    if (name in this && !this.has(name))
      throw new ArgumentError(`ParameterDict: "${name}" is a name of its own; take another`);
    Reflect.set(this, name, asParameter(parameter));
    return this;
  }

  /** Whether there is a parameter of a name. */
  has(name: string): boolean {
    return Object.hasOwn(this, name) && Reflect.get(this, name) instanceof Parameter;
  }

  /** Removes the parameter of a name. Returns whether there was one. */
  delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }

  /** The names. */
  keys(): string[] {
    return this.namedParameters().map(([name]) => name);
  }

  /** Names and parameters in pairs. */
  [Symbol.iterator](): IterableIterator<[string, Parameter]> {
    return this.namedParameters().values();
  }

  /** A dictionary has no `forward`: use its parameters yourself. */
  forward(): never {
    throw new TypeError("ParameterDict: a dictionary cannot be called; use the parameters in it");
  }
}

function asParameter(tensor: Tensor): Parameter {
  return tensor instanceof Parameter ? tensor : new Parameter(tensor);
}

/**
 * All parameters as one vector, one behind the other; differentiable.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  return cat(Array.from(parameters, (parameter) => parameter.reshape([-1])));
}

/**
 * Copies a vector into parameters, one behind the other.
 *
 * https://pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
 *
 * @throws ArgumentError, before anything is changed, when the vector has another number of elements than the parameters
 * together.
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = [...parameters];
  const total = list.reduce((sum, parameter) => sum + parameter.numel(), 0);
  if (vector.ndim !== 1 || vector.numel() !== total) {
    throw new ArgumentError(
      `vectorToParameters: the parameters have ${total} elements, the vector has shape [${vector.shape.join(", ")}]; it must be [${total}]`,
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
