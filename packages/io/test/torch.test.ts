import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DType, FileError, type Tensor, type TypedArray } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { decodeTorch, loadTorch, type StridedArray } from "../src/index.ts";
import { bytesOf, described, expectSame, folder, type Recorded } from "./golden.ts";

interface RecordedTensor {
  readonly tensor: Recorded;
  readonly stride: readonly number[];
  readonly offset: number;
  readonly storage: number;
}

type Node =
  | { readonly dict: readonly (readonly [Node, Node])[] }
  | { readonly list: readonly Node[] }
  | { readonly tuple: readonly Node[] }
  | { readonly value: unknown }
  | { readonly float: number | string }
  | { readonly int: string }
  | { readonly size: readonly number[] }
  | { readonly dtype: string }
  | RecordedTensor;

interface Description {
  readonly files: readonly string[];
  readonly object: Node;
}

/** The elements of a strided array in row-major order. */
function elements({ data, shape, strides, offset }: StridedArray): TypedArray {
  const count = shape.reduce((a, b) => a * b, 1);
  // safe: typed arrays have this constructor
  const result = new (data.constructor as new (length: number) => TypedArray)(count);
  for (let i = 0; i < count; i++) {
    let rest = i;
    let at = offset;
    for (let d = shape.length - 1; d >= 0; d--) {
      at += (rest % (shape[d] as number)) * (strides[d] as number);
      rest = Math.floor(rest / (shape[d] as number));
    }
    result[i] = data[at] as number;
  }
  return result;
}

/** Expects a value to equal the recorded one; storages that are shared there must be shared here. */
function expectValue(got: unknown, want: Node, storages: Map<number, TypedArray>, path = "object"): void {
  if ("dict" in want) {
    const object = got as Record<string, unknown>;
    const keys = want.dict.map(([key]) => String((key as { value: unknown }).value));
    expect(Object.keys(object).sort(), path).toEqual([...keys].sort());
    want.dict.forEach(([, value], i) => {
      expectValue(object[keys[i] as string], value, storages, `${path}.${keys[i]}`);
    });
  } else if ("list" in want || "tuple" in want) {
    const items = "list" in want ? want.list : want.tuple;
    expect((got as unknown[]).length, path).toBe(items.length);
    items.forEach((item, i) => {
      expectValue((got as unknown[])[i], item, storages, `${path}[${i}]`);
    });
  } else if ("tensor" in want) {
    const array = got as StridedArray;
    expect(array.strides, path).toEqual(want.stride);
    expect(array.offset, path).toBe(want.offset);
    if (!storages.has(want.storage)) storages.set(want.storage, array.data);
    expect(storages.get(want.storage), path).toBe(array.data);
    const int64: DType = array.dtype === "float64" ? "float64" : "int32";
    expectSame({ dtype: array.dtype, shape: array.shape, data: elements(array) }, want.tensor, int64);
  } else if ("float" in want) expect(got, path).toBe(Number(want.float));
  else if ("int" in want) expect(got, path).toBe(BigInt(want.int));
  else if ("size" in want) expect(got, path).toEqual(want.size);
  else if ("dtype" in want) expect(got, path).toBe(want.dtype);
  else expect(got, path).toEqual(want.value);
}

const names = ["cnn", "int8_int16", "layouts", "many", "mlp", "nested", "optimizer", "tensor"];

describe.skipIf(folder === null)("recorded checkpoints of PyTorch", () => {
  for (const name of folder === null ? [] : [...names, "dtypes"]) {
    const { files, object } = described<Description>(`${name}.json`);
    it.each(files.filter((file) => file.endsWith(".pt")))("%s is read correctly", async (file) => {
      expectValue(await decodeTorch(bytesOf(file), name === "dtypes" ? { int64: "float64" } : {}), object, new Map());
    });
  }

  it.each(["int64_large.pt", "int64_large.legacy.pt"])("rejects the integers of %s", async (file) => {
    await expect(decodeTorch(bytesOf(file))).rejects.toThrow(
      /the int64 value 9007199254740993 at index 0 does not fit into int32/,
    );
  });

  it("loads a network", async () => {
    const state = (await loadTorch(`${folder}/mnist_cnn.pt`)) as Record<string, Tensor>;
    expect(Object.keys(state).length).toBeGreaterThan(0);
    for (const tensor of Object.values(state)) expect(tensor.dtype).toBe("float32");
  });

  it("preserves shared memory of tensors", async () => {
    const { base, transposed, column } = (await loadTorch(`${folder}/layouts.pt`)) as Record<
      "base" | "transposed" | "column",
      Tensor
    >;
    expect(transposed.storage).toBe(base.storage);
    base.fill_(7);
    expect(await column.toArray()).toEqual([7, 7, 7, 7]);
  });

  const bad =
    folder === null
      ? []
      : described<{ cases: { file: string; format: string; why: string }[] }>("bad/index.json").cases;
  it.each(bad.filter(({ format }) => format === "torch"))("rejects $file: $why", async ({ file }) => {
    await expect(decodeTorch(bytesOf(`bad/${file}`))).rejects.toThrow(FileError);
  });

  it("names the reference that it rejects", async () => {
    await expect(decodeTorch(bytesOf("bad/reduce_system.pt"))).rejects.toThrow(
      /refers to (posix|os|nt)\.system, which is not allowed/,
    );
    await expect(decodeTorch(bytesOf("bad/whole_module.pt"))).rejects.toThrow(
      /refers to \S+, which is not allowed.*state_dict/,
    );
    await expect(decodeTorch(bytesOf("bad/missing_storage.pt"))).rejects.toThrow(/storage data\/1 is missing/);
  });

  it("rejects files that are truncated at any position", async () => {
    for (const file of ["mlp.pt", "mlp.legacy.pt"]) {
      const bytes = bytesOf(file);
      for (let length = 0; length < bytes.length; length += 7) {
        await expect(decodeTorch(bytes.subarray(0, length)), `${file} cut to ${length}`).rejects.toThrow(FileError);
      }
    }
  });

  it("reads or rejects a file after any changed byte, without other errors", async () => {
    for (const file of ["mlp.legacy.pt", "nested.pt", "mlp.safetensors"]) {
      const bytes = new Uint8Array(bytesOf(file));
      for (let at = 0; at < bytes.length; at++) {
        const before = bytes[at] as number;
        bytes[at] = before ^ (1 << (at % 8));
        try {
          await decodeTorch(bytes);
        } catch (error) {
          expect(error, `${file} changed at byte ${at}`).toBeInstanceOf(FileError);
        }
        bytes[at] = before;
      }
    }
  });
});

describe("checkpoints of PyTorch", () => {
  it("are rejected by file name if they are missing or invalid", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "akari-")), "x.pt");
    await expect(loadTorch(path)).rejects.toThrow(/loadTorch: cannot read .*x\.pt/);
    await writeFile(path, "hello");
    await expect(loadTorch(path)).rejects.toThrow(/loadTorch: .*x\.pt: /);
  });

  it("a Counter, which a saved MultiStepLR contains, is a dictionary", async () => {
    // torch.save({"milestones": Counter([2, 6, 6]), "last_epoch": 5}, …, _use_new_zipfile_serialization=False)
    const file =
      "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohYCgAAAHR5cGVf" +
      "c2l6ZXNxA31xBChYBQAAAHNob3J0cQVLAlgDAAAAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6AAn1xAChYCgAAAG1pbGVzdG9uZXNxAWNjb2xsZWN0" +
      "aW9ucwpDb3VudGVyCnECfXEDKEsCSwFLBksCdYVxBFJxBVgKAAAAbGFzdF9lcG9jaHEGSwV1LoACXXEALg==";
    const saved = await decodeTorch(Uint8Array.from(Buffer.from(file, "base64")));
    expect(saved).toEqual({ milestones: { 2: 1, 6: 2 }, last_epoch: 5 });
  });
});
