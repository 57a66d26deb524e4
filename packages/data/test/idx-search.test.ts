import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { FileError } from "@akari/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DownloadError } from "../src/download-error.ts";
import { type Files, nodeFiles } from "../src/files.ts";
import { findSplit, type IdxSearchOptions } from "../src/idx-search.ts";
import { type IdxSource, mnistSource } from "../src/idx-sources.ts";
import { digest as md5 } from "../src/md5-digest.ts";
import { mnist } from "./shared-data.ts";

/** Two images of 2×2 pixels with labels 3 and 4. */
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 4);
const packedImages = new Uint8Array(gzipSync(images));

const source: IdxSource = {
  ...mnistSource,
  name: "Tiny",
  variable: "TINY_DIR",
  origin: async () => ({
    mirrors: ["https://one.test/", "https://two.test/"],
    checksums: {
      "train-images": { of: "packed", md5: md5(packedImages) },
      "train-labels": { of: "unpacked", md5: md5(labels) },
      "t10k-images": { of: "unpacked", md5: md5(images) },
      "t10k-labels": { of: "unpacked", md5: md5(labels) },
    },
  }),
};

/** Serves valid files, and records the requests. */
function mirror(
  change: (address: string, bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (_, bytes) => bytes,
): {
  fetch: typeof fetch;
  asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    fetch: async (address) => {
      const name = String(address);
      asked.push(name);
      return new Response(change(name, name.includes("images") ? packedImages : new Uint8Array(gzipSync(labels))));
    },
  };
}

let folder: string;
let options: IdxSearchOptions;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/akari-`);
  options = { cache: `${folder}/cache`, download: false, backoff: 1, progress: { update() {}, stop() {} } };
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function put(path: string, imageName: string, labelName: string, zip = false): void {
  mkdirSync(`${folder}/${path}`, { recursive: true });
  writeFileSync(`${folder}/${path}/${imageName}`, zip ? gzipSync(images) : images);
  writeFileSync(`${folder}/${path}/${labelName}`, zip ? gzipSync(labels) : labels);
}

describe("findSplit", () => {
  it("rejects unknown options", async () => {
    await expect(findSplit(source, true, { ...options, train: true } as object)).rejects.toThrow(
      /^findSplit: there is no option "train"; there are /,
    );
  });

  it.each([
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", false, ""],
    ["train-images.idx3-ubyte", "train-labels.idx1-ubyte", false, ""],
    ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", true, ""],
    ["train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz", true, ""],
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", false, "/Tiny/raw"],
  ])("finds %s and %s in the given folder", async (imageName, labelName, zip, below) => {
    put(`root${below}`, imageName, labelName, zip);
    const split = await findSplit(source, true, { ...options, root: `${folder}/root` });
    expect(split.images.shape).toEqual([2, 2, 2]);
    expect(split.labels.data).toEqual(Uint8Array.of(3, 4));
    expect(split.from).toBe(`${folder}/root${below}`);
  });

  it("searches the given folder, then the folder of the environment variable, then the cache", async () => {
    const [imageName, labelName] = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
    put("cache/Tiny", imageName, labelName);
    expect((await findSplit(source, false, options)).from).toBe(`${folder}/cache/Tiny`);
    put("named", imageName, labelName);
    vi.stubEnv("TINY_DIR", `${folder}/named`);
    expect((await findSplit(source, false, options)).from).toBe(`${folder}/named`);
    expect((await findSplit(source, false, { ...options, root: `${folder}/nowhere` })).from).toBe(`${folder}/named`);
    put("root", imageName, labelName);
    expect((await findSplit(source, false, { ...options, root: `${folder}/root` })).from).toBe(`${folder}/root`);
  });

  it("lists the searched folders when there is nothing", async () => {
    const search = findSplit(source, true, { ...options, root: `${folder}/root` });
    await expect(search).rejects.toThrow(DownloadError);
    await expect(search).rejects.toThrow(
      `Tiny: there is no train-images-idx3-ubyte in ${folder}/root, ${folder}/cache/Tiny, and downloads are disabled`,
    );
  });

  it("rejects damaged files instead of searching on", async () => {
    put("root", "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    writeFileSync(`${folder}/root/train-images-idx3-ubyte`, images.subarray(0, 20));
    const search = findSplit(source, true, {
      ...options,
      fetch: mirror().fetch,
      download: true,
      root: `${folder}/root`,
    });
    await expect(search).rejects.toThrow(`${folder}/root/train-images-idx3-ubyte announces 2×2×2 elements`);
  });

  it("rejects images without labels, too many labels, and labels above 9", async () => {
    put("root", "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    const search = (): Promise<unknown> => findSplit(source, true, { ...options, root: `${folder}/root` });
    writeFileSync(`${folder}/root/train-labels-idx1-ubyte`, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 3, 4, 5));
    await expect(search()).rejects.toThrow("do not belong together: 2 images, but 3 labels");
    writeFileSync(`${folder}/root/train-labels-idx1-ubyte`, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 10));
    await expect(search()).rejects.toThrow("has the label 10 at index 1");
    rmSync(`${folder}/root/train-labels-idx1-ubyte`);
    await expect(search()).rejects.toThrow("has the file train-images but not the matching train-labels");
  });

  it("accepts an address in place of a folder", async () => {
    const asked: string[] = [];
    const served: typeof fetch = async (address) => {
      asked.push(String(address));
      if (!String(address).endsWith(".gz"))
        return new Response("<html>", { headers: { "content-type": "text/html; charset=utf-8" } });
      return new Response(String(address).includes("images") ? packedImages : gzipSync(labels));
    };
    const split = await findSplit(source, true, { ...options, root: "https://here.test/data", fetch: served });
    expect(split.from).toBe("https://here.test/data");
    expect(asked[0]).toBe("https://here.test/data/train-images-idx3-ubyte");
    const down: typeof fetch = () => Promise.reject(new Error("offline"));
    await expect(findSplit(source, true, { ...options, root: "https://here.test/", fetch: down })).rejects.toThrow(
      /offline/,
    );
  });

  it("works without a file system", async () => {
    const { fetch, asked } = mirror();
    const split = await findSplit(source, true, { ...options, files: null, cache: null, download: true, fetch });
    expect(split.from).toBe("https://one.test/");
    expect(asked).toHaveLength(2);
  });
});

describe("findSplit, downloading", () => {
  it("keeps the downloaded files, and downloads them once", async () => {
    const { fetch, asked } = mirror();
    const split = await findSplit(source, true, { ...options, download: true, fetch });
    expect(split.from).toBe(`${folder}/cache/Tiny`);
    expect(asked).toEqual([
      "https://one.test/train-images-idx3-ubyte.gz",
      "https://one.test/train-labels-idx1-ubyte.gz",
    ]);
    expect(readdirSync(`${folder}/cache/Tiny`)).toEqual(["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]);
    expect((await findSplit(source, true, { ...options, download: true, fetch })).images).toEqual(split.images);
    expect(asked).toHaveLength(2);
  });

  it("tries another mirror when the checksum is wrong", async () => {
    const other = images.slice();
    other[20] = 99;
    const { fetch, asked } = mirror((address, bytes) =>
      address.startsWith("https://one") ? new Uint8Array(gzipSync(other)) : bytes,
    );
    await findSplit(source, false, { ...options, download: true, fetch });
    expect(asked.slice(0, 2)).toEqual([
      "https://one.test/t10k-images-idx3-ubyte.gz",
      "https://two.test/t10k-images-idx3-ubyte.gz",
    ]);
  });

  it("discards files that are truncated or have a wrong checksum, and reports the reason", async () => {
    const other = labels.slice();
    other[9] = 9;
    const wrong = findSplit(source, true, {
      ...options,
      download: true,
      fetch: mirror((address, bytes) => (address.includes("labels") ? new Uint8Array(gzipSync(other)) : bytes)).fetch,
    });
    await expect(wrong).rejects.toThrow(
      new RegExp(
        `cannot download train-labels-idx1-ubyte.gz from any mirror:(\\n.*the MD5 of the unpacked file is ${md5(other)}, expected ${md5(labels)}){2}`,
      ),
    );
    const { fetch: cut } = mirror((_, bytes) => bytes.slice(0, -9));
    await expect(findSplit(source, false, { ...options, download: true, fetch: cut })).rejects.toThrow(
      /gzip stream ends too early/,
    );
    expect(readdirSync(`${folder}/cache/Tiny`)).toEqual(["train-images-idx3-ubyte.gz"]);
  });

  it("leaves no files when the disk is full", async () => {
    // Safe: tests run in Node.
    const disk = nodeFiles() as Files;
    const full: Files = {
      ...disk,
      async write(path, bytes) {
        await disk.write(path, bytes.subarray(0, 5));
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
    };
    const search = findSplit(source, true, { ...options, download: true, files: full, fetch: mirror().fetch });
    await expect(search).rejects.toThrow(FileError);
    await expect(search).rejects.toThrow(
      /cannot write .*train-images-idx3-ubyte.gz \(\d+ bytes\): ENOSPC: no space left/,
    );
    expect(readdirSync(`${folder}/cache/Tiny`)).toEqual([]);
  });

  it("reports a cache folder that cannot be created", async () => {
    writeFileSync(`${folder}/cache`, "a file where the folder should be");
    await expect(findSplit(source, true, { ...options, download: true, fetch: mirror().fetch })).rejects.toThrow(
      /Tiny: cannot create the folder/,
    );
    expect(readFileSync(`${folder}/cache`, "utf8")).toContain("a file");
  });
});

describe.skipIf(mnist === null)("the real MNIST", () => {
  it.each([
    [true, 60000],
    [false, 10000],
  ])("contains the published files: train %s has %i images", async (train, count) => {
    const split = await findSplit(mnistSource, train, { ...options, root: mnist as string });
    expect(split.images.shape).toEqual([count, 28, 28]);
    const header = Uint8Array.of(0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 28, 0, 0, 0, 28);
    const file = new Uint8Array(await new Blob([header, split.images.data as Uint8Array<ArrayBuffer>]).arrayBuffer());
    const { checksums } = await mnistSource.origin();
    expect(md5(file)).toBe(checksums[train ? "train-images" : "t10k-images"].md5);
  });
});
