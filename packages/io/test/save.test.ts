/** Nested states in one file, and loading other kinds of files with `load`. */

import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, ones, Tensor, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { encodeSafetensors, load, loadSafetensors, save } from "../src/index.ts";
import { folder } from "./golden.ts";

const path = join(await mkdtemp(join(tmpdir(), "akari-")), "state.safetensors");

describe("save and load", () => {
  it("preserve tensors, numbers, text and bytes in arrays and objects", async () => {
    const value = {
      epoch: 3,
      best: Number.POSITIVE_INFINITY,
      none: null,
      done: false,
      name: "a run",
      model: { "fc.weight": tensor([[1, 2]]), steps: tensor([7], { dtype: "int32" }) },
      fc: [tensor([true, false]), Number.NaN, [], {}, -0],
      generator: new Uint8Array([1, 2, 255]),
    };
    await save(value, path);
    const found = await load<typeof value>(path);
    expect(found).toMatchObject({ epoch: 3, best: Number.POSITIVE_INFINITY, none: null, done: false, name: "a run" });
    expect(await found.model["fc.weight"].toArray()).toEqual([[1, 2]]);
    expect(found.model.steps.dtype).toBe("int32");
    expect(await (found.fc[0] as Tensor).toArray()).toEqual([true, false]);
    expect(found.fc.slice(1)).toEqual([Number.NaN, [], {}, -0]);
    expect(found.generator).toEqual(new Uint8Array([1, 2, 255]));
  });

  it("accept objects without a prototype, objects in several places, and undefined as JSON does", async () => {
    const shared = { x: 1 };
    const value = Object.assign(Object.create(null) as Record<string, unknown>, { a: shared, b: [shared, undefined] });
    await save(value, path);
    expect(await load(path)).toEqual({ a: { x: 1 }, b: [{ x: 1 }, null] });
    await save(undefined, path);
    expect(await load(path)).toBeNull();
    await expect(save(Object.assign(Object.create(null) as object, { $: 1 }))).rejects.toThrow(
      "save: the value is a Object; expected tensors",
    );
  });

  it("keep values of any name", async () => {
    const names = ["__proto__", "constructor", "a.b", ""];
    const value: unknown = Object.fromEntries(
      names.map((name, i): [string, unknown] => [name, i % 2 === 0 ? tensor([i]) : { [name]: i }]),
    );
    await save(value, path);
    const found = await load<Record<string, Tensor>>(path);
    expect(Object.keys(found)).toEqual(names);
    const read = Object.values(found).map((x) => (x instanceof Tensor ? x.itemSync() : x));
    expect(JSON.stringify(read)).toBe('[0,{"constructor":1},2,{"":3}]');
  });

  it("store tensors under their paths, where other programs find them", async () => {
    await save({ a: { b: tensor([1]) }, "a.b": tensor([2]) }, path);
    const { tensors } = await loadSafetensors(path);
    expect(Object.keys(tensors).sort()).toEqual(["a.b", "a.b_"]);
    const found = await load<{ a: { b: Tensor }; "a.b": Tensor }>(path);
    expect([await found.a.b.item(), await found["a.b"].item()]).toEqual([1, 2]);
    await save(tensor([5]), path);
    expect(await (await load<Tensor>(path)).item()).toBe(5);
  });

  it("give the bytes of the file instead of writing it", async () => {
    const value = { epoch: 3, model: { weight: tensor([1, 2]) } };
    const bytes = await save(value);
    await save(value, path);
    expect(bytes).toEqual(new Uint8Array(await readFile(path)));
    const found = await load<typeof value>(new File([bytes], "state.safetensors"));
    expect([found.epoch, await found.model.weight.toArray()]).toEqual([3, [1, 2]]);
    // safe: a path that was forgotten is what is tested
    await expect(save(value, undefined as unknown as string)).rejects.toThrow(
      "expected a path or a URL, got undefined",
    );
  });

  it("say that a file is of neither kind", async () => {
    const page = new File(["<!doctype html><html></html>"], "model.safetensors");
    await expect(load(page)).rejects.toThrow(
      'load: model.safetensors: neither a safetensors file nor a PyTorch checkpoint: it begins with "<!doctype html><html"',
    );
  });

  it("write the values at the time of the call", async () => {
    const state = { x: ones([1000]), step: 1 };
    const saved = save(state, path);
    state.x.fill_(2);
    state.step = 2;
    await saved;
    const found = await load<typeof state>(path);
    expect([await found.x.sum().item(), found.step]).toEqual([1000, 1]);
  });

  it("reject unsupported values by name, and keep the old file", async () => {
    await save({ x: tensor([1]) }, path);
    await expect(save({ model: { fc: new Map() } }, path)).rejects.toThrow(/save: model.fc is a Map; expected tensors/);
    await expect(save(() => 0, path)).rejects.toThrow(FileError);
    const endless: Record<string, unknown> = {};
    endless.a = [endless];
    await expect(save(endless, path)).rejects.toThrow("save: a.0 contains itself");
    await expect(save({ $: 1 }, path)).rejects.toThrow(/the value is a Object; .*without a key/);
    expect(await (await load<{ x: Tensor }>(path)).x.item()).toBe(1);
  });

  it("explain the options of torch.load that are not needed", async () => {
    await save({ x: tensor([1]) }, path);
    await expect(load(path, { mapLocation: "cpu" } as never)).rejects.toThrow(
      /the option "mapLocation" is not needed: tensors are loaded to the default device, or to that of the option device/,
    );
    await expect(load(path, { weightsOnly: true } as never)).rejects.toThrow(/"weightsOnly" is not needed/);
  });

  it("read any safetensors file, and reject a damaged one", async () => {
    const x = { dtype: "float32", shape: [1], data: new Float32Array([4]) } as const;
    await writeFile(path, await encodeSafetensors({ x }));
    expect(await (await load<{ x: Tensor }>(path)).x.item()).toBe(4);
    await writeFile(path, await encodeSafetensors({ x }, { metadata: { akari: '{"y":{"$":"tensor","of":"y"}}' } }));
    await expect(load(path)).rejects.toThrow(/there is no tensor "y"/);
    await writeFile(path, await encodeSafetensors({ x }, { metadata: { akari: "{" } }));
    await expect(load(path)).rejects.toThrow(/not JSON/);
  });

  it.skipIf(folder === null)("read PyTorch's checkpoints", async () => {
    const state = await load<Record<string, Tensor>>(new Blob([await readFile(join(folder as string, "mlp.pt"))]));
    expect(Object.values(state).every((x) => x instanceof Tensor)).toBe(true);
  });
});
