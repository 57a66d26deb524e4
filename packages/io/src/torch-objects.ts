/**
 * The Python objects that a PyTorch checkpoint may contain: storages, tensors, parameters, sizes and dtypes. All other
 * names are rejected, so that loading a checkpoint cannot run code.
 */

import { FileError } from "@akari/tensor";
import { countOf, type FileType } from "./elements.ts";
import { type Meanings, PythonName, Tuple } from "./unpickler.ts";

/** A block of elements used by one or more tensors. */
export interface TorchStorage {
  readonly key: string;
  readonly type: FileType;
  /** The number of elements. */
  readonly count: number;
}

/** The description of a tensor in a checkpoint. Strides and offset are in elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;

  constructor(storage: TorchStorage, shape: readonly number[], strides: readonly number[], offset: number) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }
}

const storageTypes: Readonly<Record<string, FileType>> = {
  DoubleStorage: "float64",
  FloatStorage: "float32",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  LongStorage: "int64",
  IntStorage: "int32",
  ShortStorage: "int16",
  CharStorage: "int8",
  ByteStorage: "uint8",
  BoolStorage: "bool",
};

/** Names of the dtypes, without `torch.`. */
const dtypeNames: ReadonlySet<string> = new Set([
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
]);

const callables: ReadonlySet<string> = new Set([
  "collections.Counter",
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  "torch.Size",
]);

function isIntegers(values: readonly unknown[]): values is readonly number[] {
  return values.every((value) => Number.isSafeInteger(value));
}

/** Implements `torch._utils._rebuild_tensor_v2`, and checks that the tensor is within its storage. */
function rebuildTensor(
  what: string,
  storages: ReadonlyMap<string, TorchStorage>,
  [storage, offset, shape, strides]: readonly unknown[],
): TorchTensor {
  // Only `persistent` creates objects with a key.
  const known =
    typeof storage === "object" && storage !== null && "key" in storage ? storages.get(String(storage.key)) : undefined;
  if (known === undefined) throw new FileError(`${what}: a tensor has no storage`);
  if (!(shape instanceof Tuple && strides instanceof Tuple) || shape.items.length !== strides.items.length) {
    throw new FileError(`${what}: the shape and strides of a tensor do not match`);
  }
  const count = countOf(what, shape.items);
  const steps = strides.items;
  if (!isIntegers(steps) || steps.some((stride) => stride < 0) || !Number.isSafeInteger(offset)) {
    throw new FileError(`${what}: a tensor has invalid strides [${steps.join(", ")}] or offset ${String(offset)}`);
  }
  // safe: checked by `countOf` and above
  const [sizes, first] = [shape.items as readonly number[], offset as number];
  const last = first + sizes.reduce((sum, size, i) => sum + (size - 1) * (steps[i] as number), 0);
  if (first < 0 || (count > 0 && last >= known.count)) {
    throw new FileError(
      `${what}: a tensor of shape [${sizes.join(", ")}] reaches element ${last} of storage ${known.key}, which has ${known.count}`,
    );
  }
  return new TorchTensor(known, sizes, steps, first);
}

/** Returns the meanings of the names in checkpoints. Storages are added to `storages` by their keys. */
export function checkpointMeanings(what: string, storages: Map<string, TorchStorage>): Meanings {
  return {
    resolve(name) {
      const [module, member = ""] = name.startsWith("torch.") ? ["torch", name.slice(6)] : [name];
      if (module === "torch" && dtypeNames.has(member)) return member;
      if (callables.has(name) || (module === "torch" && Object.hasOwn(storageTypes, member)))
        return new PythonName(name);
      throw new FileError(
        `${what}: the file refers to ${name}, which is not allowed: a checkpoint may contain only tensors, numbers, strings and containers; ` +
          "save model.state_dict() instead of the model",
      );
    },
    call(callee, args) {
      const name = callee instanceof PythonName ? callee.name : "an object";
      switch (name) {
        case "collections.OrderedDict":
          if (args.length > 0) throw new FileError(`${what}: an OrderedDict is created with arguments`);
          return new Map();
        case "collections.Counter": // the milestones of a saved MultiStepLR
          if (!(args[0] instanceof Map)) throw new FileError(`${what}: a Counter is not created from a dictionary`);
          return args[0];
        case "torch.Size":
          if (!(args[0] instanceof Tuple) || !isIntegers(args[0].items))
            throw new FileError(`${what}: a torch.Size does not contain integers`);
          return args[0];
        case "torch._utils._rebuild_tensor_v2":
          return rebuildTensor(what, storages, args);
        case "torch._utils._rebuild_parameter":
          if (!(args[0] instanceof TorchTensor))
            throw new FileError(`${what}: a parameter is not created from a tensor`);
          return args[0];
        default:
          throw new FileError(`${what}: the file calls ${name}, which is not allowed`);
      }
    },
    persistent(id) {
      const [kind, type, key, , count] = id instanceof Tuple ? id.items : [];
      if (
        kind !== "storage" ||
        !(type instanceof PythonName) ||
        typeof key !== "string" ||
        !Number.isSafeInteger(count)
      ) {
        throw new FileError(`${what}: the file has a persistent ID that is not a storage`);
      }
      const elements = storageTypes[type.name.slice("torch.".length)];
      if (elements === undefined || (count as number) < 0)
        throw new FileError(`${what}: a storage of ${String(count)} elements of ${type.name} is not supported`);
      const known = storages.get(key);
      if (known !== undefined) {
        if (known.type !== elements || known.count !== count)
          throw new FileError(`${what}: storage ${key} has two different descriptions`);
        return known;
      }
      const storage: TorchStorage = { key, type: elements, count: count as number }; // safe: checked above
      storages.set(key, storage);
      return storage;
    },
  };
}
