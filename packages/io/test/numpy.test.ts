import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, tensor } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import {
  decodeNpy,
  decodeNpz,
  encodeNpy,
  encodeNpz,
  type HostArray,
  loadNpy,
  loadNpz,
  saveNpy,
  saveNpz,
} from "../src/index.ts";
import { bytesOf, described, expectSame, folder, type Recorded } from "./golden.ts";

interface Case {
  readonly file: string;
  readonly array?: Recorded;
  readonly arrays?: Readonly<Record<string, Recorded>>;
}

const good = folder === null ? [] : described<{ cases: Case[] }>("npy/index.json").cases;
const bad =
  folder === null ? [] : described<{ cases: { file: string; format: string; why: string }[] }>("bad/index.json").cases;

describe.skipIf(folder === null)("recorded NumPy files", () => {
  it.each(good)("$file is read correctly", async ({ file, array, arrays }) => {
    const bytes = bytesOf(`npy/${file}`);
    if (array !== undefined) {
      expectSame(await decodeNpy(bytes), array);
      return;
    }
    const got = await decodeNpz(bytes);
    expect(Object.keys(got).sort()).toEqual(Object.keys(arrays ?? {}).sort());
    for (const [name, want] of Object.entries(arrays ?? {})) expectSame(got[name] as HostArray, want);
  });

  it.each(bad.filter(({ format }) => format === "npy" || format === "npz"))(
    "rejects $file: $why",
    async ({ file, format }) => {
      const decode = async () => (format === "npy" ? decodeNpy : decodeNpz)(bytesOf(`bad/${file}`));
      await expect(decode()).rejects.toThrow(FileError);
    },
  );

  it("are written with exactly the same bytes as by NumPy", async () => {
    for (const file of ["c_f4.npy", "c_b1.npy", "c_f2.npy", "one_dim.npy", "zero_dim.npy", "empty.npy"]) {
      const bytes = bytesOf(`npy/${file}`);
      expect(Buffer.from(await encodeNpy(await decodeNpy(bytes))).equals(bytes), file).toBe(true);
    }
  });
});

describe("NumPy files", () => {
  const array: HostArray = { dtype: "int32", shape: [2, 1], data: new Int32Array([1, -2]) };

  it.each([false, true])("restores archives, compressed: %s", async (compress) => {
    expect(await decodeNpz(await encodeNpz({ a: array, b: array }, { compress }))).toEqual({ a: array, b: array });
  });

  it("rejects a damaged archive", async () => {
    const bytes = await encodeNpz({ a: array });
    const place = Buffer.from(bytes).indexOf("descr");
    bytes[place + 30] = (bytes[place + 30] as number) ^ 1;
    await expect(decodeNpz(bytes)).rejects.toThrow(/"a\.npy" is damaged: its checksum/);
  });

  it("rejects bfloat16, which NumPy does not have", async () => {
    const x = tensor([1], { dtype: "bfloat16" });
    await expect(saveNpy(join(tmpdir(), "never.npy"), x)).rejects.toThrow(
      'NumPy has no bfloat16; convert with .to("float32") first',
    );
  });

  it("saves and loads tensors", async () => {
    const home = await mkdtemp(join(tmpdir(), "akari-"));
    const x = tensor([[1, 2]]);
    await saveNpy(join(home, "x.npy"), x.t());
    expect(await (await loadNpy(join(home, "x.npy"))).toArray()).toEqual([[1], [2]]);
    await saveNpz(join(home, "x.npz"), { x });
    expect(await (await loadNpz(join(home, "x.npz"))).x?.toArray()).toEqual([[1, 2]]);
  });
});
