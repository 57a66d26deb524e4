import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, tensor, zeros } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, loadSafetensors, saveSafetensors } from "../src/index.ts";
import { bytesOf, described, expectSame, folder, type Recorded } from "./golden.ts";

interface Description {
  readonly object: { readonly dict: readonly (readonly [{ readonly value: string }, { readonly tensor: Recorded }])[] };
  readonly safetensors: string | Readonly<Record<string, Recorded>>;
  readonly safetensors_metadata?: Readonly<Record<string, string>>;
}

function recordedTensors({ object, safetensors }: Description): Readonly<Record<string, Recorded>> {
  if (typeof safetensors === "object") return safetensors;
  return Object.fromEntries(object.dict.map(([key, value]) => [key.value, value.tensor]));
}

describe.skipIf(folder === null)("recorded safetensors files", () => {
  it.each(["cnn", "layouts", "many", "mlp", "int8_int16"])("reads %s.safetensors", async (name) => {
    const description = described<Description>(`${name}.json`);
    const { tensors, metadata } = await decodeSafetensors(bytesOf(`${name}.safetensors`));
    const want = recordedTensors(description);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(want).sort());
    for (const [key, array] of Object.entries(tensors)) expectSame(array, want[key] as Recorded);
    expect(metadata).toEqual(description.safetensors_metadata ?? {});
  });

  it("reads dtypes.safetensors, with wide integers as float64", async () => {
    const want = recordedTensors(described<Description>("dtypes.json"));
    const { tensors } = await decodeSafetensors(bytesOf("dtypes.safetensors"), { int64: "float64" });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(want).sort());
    for (const [key, array] of Object.entries(tensors)) expectSame(array, want[key] as Recorded, "float64");
  });

  it("rejects integers that do not fit into int32, by name", async () => {
    await expect(decodeSafetensors(bytesOf("dtypes.safetensors"))).rejects.toThrow(
      /"int64": the int64 value 1099511627776 at index 2 does not fit/,
    );
    await expect(decodeSafetensors(bytesOf("int64_large.safetensors"))).rejects.toThrow(
      /value 9007199254740993 at index 0 does not fit into int32/,
    );
    await expect(decodeSafetensors(bytesOf("int64_large.safetensors"), { int64: "float64" })).rejects.toThrow(
      /9007199254740993.*float64/,
    );
  });

  const bad =
    folder === null
      ? []
      : described<{ cases: { file: string; format: string; why: string }[] }>("bad/index.json").cases;
  it.each(bad.filter(({ format }) => format === "safetensors"))("rejects $file: $why", async ({ file }) => {
    await expect(decodeSafetensors(bytesOf(`bad/${file}`))).rejects.toThrow(FileError);
  });
});

describe("safetensors", () => {
  const header = (description: unknown, body = 8): Uint8Array => {
    const text = new TextEncoder().encode(JSON.stringify(description));
    const bytes = new Uint8Array(8 + text.length + body);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const f32 = (shape: unknown, place: unknown) => ({ dtype: "F32", shape, data_offsets: place });

  it.each([
    ["bytes that belong to no tensor", { a: f32([1], [4, 8]) }, /bytes 0 to 4 belong to no tensor/],
    ["bytes after the last tensor", { a: f32([1], [0, 4]) }, /bytes 4 to 8 belong to no tensor/],
    ["metadata that is not text", { __metadata__: { a: 1 }, b: f32([2], [0, 8]) }, /strings only/],
    ["a size that is not an integer", { a: f32([0.5, 4], [0, 8]) }, /must consist of non-negative integers/],
    ["a number of elements that is too large", { a: f32([2 ** 40, 2 ** 40, 0], [0, 0]) }, /too large/],
    ["a description that is a number", { a: 1 }, /"a" is not described/],
    ["a tensor without offsets", { a: { dtype: "F32", shape: [2] } }, /no data_offsets/],
  ])("rejects %s", async (_, description, message) => {
    await expect(decodeSafetensors(header(description))).rejects.toThrow(message);
  });

  it("restores arrays, names and metadata", async () => {
    const arrays = {
      "a.b": { dtype: "float32", shape: [2, 1], data: new Float32Array([1.5, -0]) },
      flags: { dtype: "bool", shape: [3], data: new Uint8Array([1, 0, 1]) },
      half: { dtype: "float16", shape: [1], data: new Uint16Array([0x3c00]) },
      brain: { dtype: "bfloat16", shape: [2], data: new Uint16Array([0x3f80, 0x7fc0]) },
      double: { dtype: "float64", shape: [], data: new Float64Array([Math.PI]) },
      nothing: { dtype: "int32", shape: [0, 4], data: new Int32Array(0) },
      ["__proto__"]: { dtype: "uint8", shape: [1], data: new Uint8Array([255]) },
    } as const;
    const { tensors, metadata } = await decodeSafetensors(
      await encodeSafetensors(arrays, { metadata: { text: "灯" } }),
    );
    expect(Object.entries(tensors)).toEqual(Object.entries(arrays));
    expect(metadata).toEqual({ text: "灯" });
  });

  it("aligns every tensor to its element size", async () => {
    const bytes = await encodeSafetensors({
      byte: { dtype: "uint8", shape: [3], data: new Uint8Array(3) },
      double: { dtype: "float64", shape: [1], data: new Float64Array(1) },
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const entries = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(entries.double.data_offsets).toEqual([0, 8]);
    expect(entries.byte.data_offsets).toEqual([8, 11]);
  });

  it("saves and loads tensors, including views", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "akari-")), "x.safetensors");
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await saveSafetensors(path, { x, transposed: x.t(), mask: tensor([true, false]) }, { metadata: { epoch: "3" } });
    const { tensors, metadata } = await loadSafetensors(path);
    expect(await tensors.transposed?.toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(tensors.mask?.dtype).toBe("bool");
    expect(metadata).toEqual({ epoch: "3" });
  });

  it("saves the tensors as they are at the time of the call", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "akari-")), "x.safetensors");
    const x = zeros([4]);
    const saved = saveSafetensors(path, { x });
    x.add_(1);
    await saved;
    expect(await (await loadSafetensors(path)).tensors.x?.toArray()).toEqual([0, 0, 0, 0]);
  });

  it("keeps the old file and writes no other file when it fails", async () => {
    const home = await mkdtemp(join(tmpdir(), "akari-"));
    const path = join(home, "x.safetensors");
    await writeFile(path, "old");
    await expect(saveSafetensors(path, { __metadata__: zeros([1]) })).rejects.toThrow(/cannot be named __metadata__/);
    await expect(saveSafetensors(join(home, "no", "x"), { x: zeros([1]) })).rejects.toThrow(
      /saveSafetensors: cannot write .*ENOENT/,
    );
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(home)).toEqual(["x.safetensors"]);
  });

  it("names the file that is missing or truncated", async () => {
    const home = await mkdtemp(join(tmpdir(), "akari-"));
    const path = join(home, "x.safetensors");
    await expect(loadSafetensors(path)).rejects.toThrow(/loadSafetensors: cannot read .*x\.safetensors: ENOENT/);
    await saveSafetensors(path, { x: zeros([100]) });
    const whole = await readFile(path);
    for (const length of [0, 7, 8, 60, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      await expect(loadSafetensors(path)).rejects.toThrow(FileError);
    }
    await writeFile(path, whole);
    expect((await loadSafetensors(path)).tensors.x?.shape).toEqual([100]);
  });
});
