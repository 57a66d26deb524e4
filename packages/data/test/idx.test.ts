import { readFileSync } from "node:fs";
import { FileError } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { readIdx } from "../src/idx.ts";
import { checkPair } from "../src/idx-format.ts";
import { golden } from "./shared-data.ts";

/** Creates an IDX file of bytes with the given sizes. */
function idx(sizes: readonly number[], elements: readonly number[], type = 8): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + 4 * sizes.length + elements.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, sizes.length]);
  for (const [dim, size] of sizes.entries()) view.setUint32(4 + 4 * dim, size);
  bytes.set(elements, 4 + 4 * sizes.length);
  return bytes;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );
}

describe("readIdx", () => {
  it("reads every element type", async () => {
    expect(await readIdx(idx([2, 2], [1, 2, 3, 255]))).toEqual({
      dtype: "uint8",
      shape: [2, 2],
      data: Uint8Array.of(1, 2, 3, 255),
    });
    expect((await readIdx(idx([2], [1, 255], 9))).data).toEqual(Int32Array.of(1, -1));
    expect((await readIdx(idx([2], [1, 0, 255, 254], 11))).data).toEqual(Int32Array.of(256, -2));
    expect((await readIdx(idx([1], [0xff, 0xff, 0xff, 0xfd], 12))).data).toEqual(Int32Array.of(-3));
    expect((await readIdx(idx([1], [0x3f, 0xc0, 0, 0], 13))).data).toEqual(Float32Array.of(1.5));
    expect((await readIdx(idx([1], [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], 14))).data).toEqual(Float64Array.of(-1.5));
  });

  it("reads an array without elements, and one without dimensions", async () => {
    expect(await readIdx(idx([0, 28, 28], []))).toEqual({ dtype: "uint8", shape: [0, 28, 28], data: new Uint8Array() });
    expect(await readIdx(idx([], [7]))).toEqual({ dtype: "uint8", shape: [], data: Uint8Array.of(7) });
  });

  it("reads gzip of many chunks, under any file name", async () => {
    const elements = Array.from({ length: 300_000 }, (_, i) => (i * 7919) & 255);
    const array = await readIdx(await gzip(idx([300, 1000], elements)), "numbers");
    expect(array.shape).toEqual([300, 1000]);
    expect(array.data).toEqual(Uint8Array.from(elements));
  });

  it("rejects a header that announces more data than the file has, without allocating it", async () => {
    const huge = idx([0xffffffff, 0xffffffff, 0xffffffff], [1, 2]);
    await expect(readIdx(huge, "huge")).rejects.toThrow(/huge announces .* truncated/);
  });

  it("stops decompressing a gzip file that holds more than its header announces", async () => {
    const bomb = await gzip(
      idx(
        [3],
        Array.from({ length: 3_000_000 }, () => 0),
      ),
    );
    await expect(readIdx(bomb, "bomb.gz")).rejects.toThrow(
      "gunzip: bomb.gz decompresses to more than the 11 bytes its header announces",
    );
  });

  it("rejects an empty file, and gzip with trailing bytes", async () => {
    await expect(readIdx(new Uint8Array(), "empty")).rejects.toThrow("readIdx: empty is truncated");
    const packed = await gzip(idx([2], [1, 2]));
    const longer = new Uint8Array([...packed, 1, 2, 3, 4]);
    await expect(readIdx(longer, "longer.gz")).rejects.toThrow(/longer.gz has trailing bytes after the end/);
  });
});

describe.skipIf(golden === null)("recorded IDX files", () => {
  const folder = `${golden}/checkpoints`;
  const read = (path: string): Uint8Array<ArrayBuffer> => readFileSync(`${folder}/${path}`);
  // Safe: the README next to these files describes their format.
  const good = (golden === null ? [] : JSON.parse(readFileSync(`${folder}/idx/index.json`, "utf8")).cases) as {
    file: string;
    array: { dtype: string; shape: number[]; data: number[] };
  }[];
  const bad = (golden === null ? [] : JSON.parse(readFileSync(`${folder}/bad/index.json`, "utf8")).cases) as {
    file?: string;
    files?: string[];
    format: string;
    why: string;
  }[];

  it.each(good)("$file loads exactly", async ({ file, array }) => {
    const got = await readIdx(read(`idx/${file}`), file);
    expect(got.dtype).toBe(array.dtype);
    expect(got.shape).toEqual(array.shape);
    // Recorded as the shortest text that is read as the same float32.
    expect(Array.from(got.data)).toEqual(array.dtype === "float32" ? array.data.map(Math.fround) : array.data);
  });

  const messages: Readonly<Record<string, RegExp>> = {
    "magic-idx3-ubyte": /not an IDX file: it starts with .*, not 00 00/,
    "truncated-idx3-ubyte": /announces .* truncated/,
    "count-idx3-ubyte": /announces .* truncated/,
    "trailing-idx1-ubyte": /it has trailing bytes/,
    "header-idx3-ubyte": /truncated: a header of 3 dimensions has 16 bytes/,
    "type-idx1-ubyte": /unknown element type 7; expected one of 8, 9, 11, 12, 13, 14/,
    "truncated-idx3-ubyte.gz": /truncated: the gzip stream ends too early/,
    "crc-idx3-ubyte.gz": /damaged: its checksum is wrong/,
    "not_gz.gz": /not a gzip file/,
  };

  it.each(bad.filter(({ format }) => format === "idx" || format === "gz"))(
    "$file is rejected: $why",
    async ({ file = "" }) => {
      const error = await readIdx(read(`bad/${file}`), file).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FileError);
      expect(String(error)).toContain(file);
      expect(String(error)).toMatch(messages[file] ?? /(?!)/);
    },
  );

  it.each(bad.filter(({ format }) => format === "idx-pair"))("$files do not match: $why", async ({ files = [] }) => {
    const [images = "", labels = ""] = files;
    const a = await readIdx(read(`bad/${images}`), images);
    const b = await readIdx(read(`bad/${labels}`), labels);
    expect(() => checkPair(a, b, images, labels)).toThrow(FileError);
    expect(() => checkPair(a, b, images, labels)).toThrow(/do not belong together: 2 images, but 3 labels/);
    expect(() => checkPair(b, a, labels, images)).toThrow(/images are uint8 of shape N×H×W/);
  });
});
