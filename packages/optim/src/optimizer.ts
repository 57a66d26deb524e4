/**
 * `Optimizer`: parameter groups, zeroing of gradients, and saving and loading of state. The update itself is left to
 * the subclasses, most of which extend `ElementwiseOptimizer` and consist of one formula.
 */

import {
  ArgumentError,
  checkNumber,
  describeValue,
  FileError,
  isFloating,
  perform,
  ShapeError,
  sameShape,
  settings,
  showShape,
  Tensor,
} from "@akari/tensor";

/**
 * A parameter group: parameters and the options that apply to them. Options may be changed between steps:
 * `optimizer.paramGroups[0].lr = 0.01`.
 */
export type ParamGroup<Options> = Options & {
  /** The parameters of the group. */
  params: Tensor[];
  /** The learning rate before any scheduler changed it. Set when the first scheduler is created. */
  initialLr?: number;
};

/** Parameters to optimize: tensors, or groups of tensors with their own options. */
export type ParamsArgument<Options> =
  | Iterable<Tensor>
  | Iterable<Partial<Options> & { readonly params: Tensor | Iterable<Tensor> }>;

/** Options shared by all optimizers. */
export interface BaseOptions {
  /** Learning rate η. */
  lr: number;
}

/** The state of one parameter: tensors of its shape, numbers, or null for entries not set yet. */
export type ParamState = Record<string, Tensor | number | null>;

/** The saved form of an optimizer, with PyTorch's names: the state of each parameter and the options of each group. */
export interface OptimizerStateDict {
  /** State of each parameter, by its index as a string. Parameters without state have no entry. */
  readonly state: Readonly<Record<string, ParamState>>;
  /**
   * Options of each group, with names in snake case (`weight_decay`), and the indices of its parameters, which are
   * numbered consecutively across the groups.
   */
  readonly param_groups: readonly (Readonly<Record<string, unknown>> & { readonly params: readonly number[] })[];
}

/** Converts a name to snake case, as PyTorch spells it: `weightDecay` becomes `weight_decay`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Base class of all optimizers.
 *
 * https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<Options extends BaseOptions = BaseOptions> {
  /** The parameter groups, in the order they were added. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** Default options of the groups. */
  readonly defaults: Readonly<Options>;
  /** State of each parameter that has been updated. */
  protected readonly state: Map<Tensor, ParamState> = new Map();
  readonly #watchers = new Set<() => void>();

  /**
   * @param params tensors, or groups of tensors with their own options.
   * @param defaults the default of every option.
   * @param options the options passed by the user, which override the defaults.
   * @throws ArgumentError when there are no parameters, or a parameter is duplicated, not a leaf, or not floating
   * point.
   * @throws ArgumentError for unknown options and invalid values.
   */
  constructor(params: ParamsArgument<Options>, defaults: Options, options: Partial<Options>) {
    // safe: every option has a default
    this.defaults = settings<object, object>(this.constructor.name, options, defaults) as Options;
    this.check(this.defaults);
    if (typeof params?.[Symbol.iterator] !== "function")
      throw new ArgumentError(
        `${this.constructor.name}: expected parameters, such as model.parameters(), got ${describeValue(params)}`,
      );
    const list = [...params];
    if (list.length === 0) throw new ArgumentError(`${this.constructor.name}: got no parameters`);
    const groups = list.filter((entry) => "params" in entry);
    if (groups.length === 0)
      this.addParamGroup({ params: list as Tensor[] } as ParamGroup<Options>); // safe: none is a group
    else if (groups.length === list.length)
      for (const group of groups) this.addParamGroup(group as ParamGroup<Options>); // safe: all are groups
    else throw new ArgumentError(`${this.constructor.name}: expected either parameters or groups, got both`);
  }

  /**
   * Checks the values of options. Subclasses extend it.
   *
   * @throws ArgumentError for an invalid value.
   */
  protected check(options: Readonly<Options>): void {
    checkNumber(this.constructor.name, "lr", options.lr);
  }

  /**
   * Adds a parameter group, for example for layers that are unfrozen later.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html
   *
   * @throws ArgumentError when a parameter is not a leaf, not floating point, or already in the optimizer.
   * @throws ArgumentError for unknown options and invalid values.
   */
  addParamGroup(group: Partial<Options> & { readonly params: Tensor | Iterable<Tensor> }): void {
    const name = this.constructor.name;
    // safe: every option has a default
    const full = settings<object, object>(name, group, { ...this.defaults, params: [] }) as ParamGroup<Options>;
    const params = Symbol.iterator in group.params ? [...group.params] : [group.params];
    const known = new Set(this.paramGroups.flatMap((g) => g.params));
    params.forEach((param, i) => {
      if (!isFloating(param.dtype))
        throw new ArgumentError(
          `${name}: parameter ${i} is ${param.dtype}; only floating-point tensors can be optimized`,
        );
      if (!param.isLeaf)
        throw new ArgumentError(`${name}: parameter ${i} is the result of an operation; only leaves can be optimized`);
      if (known.has(param)) throw new ArgumentError(`${name}: parameter ${i} of the group is already in the optimizer`);
      known.add(param);
    });
    full.params = params;
    this.check(full);
    this.paramGroups.push(full);
  }

  /**
   * Resets the gradients of all parameters to null or, with `setToNone: false`, to zeros.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
   */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    const { setToNone } = settings("zeroGrad", options, { setToNone: true });
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else param.grad?.zero_();
      }
    }
  }

  /** Updates the parameters that have a gradient. */
  step(): void;
  /**
   * Calls `closure`, which computes the loss and the gradients, and updates the parameters.
   *
   * @returns the result of `closure`.
   */
  step<Loss>(closure: () => Loss): Loss;
  step<Loss>(closure?: () => Loss): Loss | undefined {
    const loss = closure?.();
    perform(() => {
      this.update();
      for (const watcher of this.#watchers) watcher();
    });
    return loss;
  }

  /** Updates the parameters that have a gradient. */
  protected abstract update(): void;

  /** Registers a function to call after each step. Returns a function that unregisters it. */
  registerStepPostHook(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /**
   * Returns the state of the optimizer in PyTorch's format. The tensors are the optimizer's own, not copies.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map<Tensor, number>();
    for (const { params } of this.paramGroups) for (const param of params) numbers.set(param, numbers.size);
    const state: Record<string, ParamState> = {};
    for (const [param, own] of this.state) {
      const number = numbers.get(param);
      if (number !== undefined) state[number] = { ...own };
    }
    const param_groups = this.paramGroups.map(({ params, ...options }) => ({
      ...Object.fromEntries(Object.entries(options).map(([name, value]) => [snakeCase(name), value])),
      params: params.map((param) => numbers.get(param) as number), // safe: all were numbered above
    }));
    return { state, param_groups };
  }

  /**
   * Loads a state saved by `stateDict`. The tensors are copied. Everything is checked first: an error leaves the
   * optimizer unchanged.
   *
   * https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
   *
   * @throws FileError when `saved` is not the state of this kind of optimizer, or its groups differ in number or size.
   * @throws ShapeError when the shape of a tensor is not that of its parameter.
   * @throws ArgumentError when a saved option is invalid.
   */
  loadStateDict(saved: OptimizerStateDict): void {
    const name = `${this.constructor.name}.loadStateDict`;
    checkForm(name, saved);
    if (saved.param_groups.length !== this.paramGroups.length) {
      throw new FileError(
        `${name}: the state has ${saved.param_groups.length} parameter groups, the optimizer ${this.paramGroups.length}`,
      );
    }
    const places = new Map<string, { readonly param: Tensor; readonly names: ReadonlySet<string> | null }>();
    const options: Partial<ParamGroup<Options>>[] = [];
    saved.param_groups.forEach((group, g) => {
      const own = this.paramGroups[g] as ParamGroup<Options>; // safe: as many
      if (group.params.length !== own.params.length) {
        throw new FileError(
          `${name}: group ${g} of the state has ${group.params.length} parameters, the optimizer's ${own.params.length}`,
        );
      }
      const keys = Object.keys(own).filter((key) => key !== "params" && Object.hasOwn(group, snakeCase(key)));
      const started = typeof group.initial_lr === "number" ? { initialLr: group.initial_lr } : {};
      // safe: the keys are names of options, and their values are checked next
      const loaded = { ...Object.fromEntries(keys.map((key) => [key, group[snakeCase(key)]])), ...started } as Partial<
        ParamGroup<Options>
      >;
      this.check({ ...own, ...loaded });
      options.push(loaded);
      const names = this.stateNames({ ...own, ...loaded });
      // safe: as many
      group.params.forEach((number, i) => void places.set(String(number), { param: own.params[i] as Tensor, names }));
    });
    const loaded = new Map<Tensor, ParamState>();
    for (const [number, entries] of Object.entries(saved.state)) {
      const place = places.get(number);
      if (place === undefined)
        throw new FileError(`${name}: the state has an entry for parameter ${number}, which is in no group`);
      const unknown = Object.keys(entries).find((key) => entries[key] !== null && place.names?.has(key) === false);
      if (unknown !== undefined)
        throw new FileError(
          `${name}: the state has "${unknown}"; was it saved by another optimizer or with other options?`,
        );
      loaded.set(place.param, this.#adopted(number, place.param, entries));
    }
    this.state.clear();
    for (const [param, entries] of loaded) this.state.set(param, entries);
    // safe: as many
    options.forEach((group, g) => void Object.assign(this.paramGroups[g] as ParamGroup<Options>, group));
  }

  /** Copies the saved state of a parameter to its device and dtype. One-element tensors become numbers. */
  #adopted(number: string, param: Tensor, entries: ParamState): ParamState {
    // PyTorch does not save the step of some optimizers. A parameter that has state has been updated at least once.
    const own: ParamState = { step: 1 };
    for (const [key, value] of Object.entries(entries)) {
      if (value === null || typeof value === "number") own[key] = value;
      else if (sameShape(value.shape, param.shape) && !this.isNumber(key))
        own[key] = value.detach().clone().to(param.device).to(param.dtype);
      else if (value.numel() === 1) own[key] = value.itemSync();
      else {
        throw new ShapeError(
          `${this.constructor.name}.loadStateDict: ${key} of parameter ${number} has shape ${showShape(value.shape)}, the parameter ${showShape(param.shape)}`,
        );
      }
    }
    return own;
  }

  /**
   * Returns the names that the state of a parameter may have with these options, or null to allow any name.
   * `loadStateDict` rejects a state with other names.
   */
  protected stateNames(_options: Readonly<Options>): ReadonlySet<string> | null {
    return null;
  }

  /** Returns whether an entry of the state is a number, even if it was saved as a one-element tensor. */
  protected isNumber(key: string): boolean {
    return key === "step";
  }
}

/**
 * Checks the structure of a saved state.
 *
 * @throws FileError when `saved` does not have the form of an `OptimizerStateDict`.
 */
function checkForm(name: string, saved: OptimizerStateDict): void {
  const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  const sound =
    isObject(saved) &&
    isObject(saved.state) &&
    Array.isArray(saved.param_groups) &&
    saved.param_groups.every((group) => isObject(group) && Array.isArray(group.params)) &&
    Object.values(saved.state).every((entries) => {
      return (
        isObject(entries) &&
        Object.values(entries).every((value) => value === null || typeof value === "number" || value instanceof Tensor)
      );
    });
  if (!sound) throw new FileError(`${name}: expected an object with state and param_groups, as returned by stateDict`);
}
