import { ArgumentError, FileError } from "@akari/tensor";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../src/cache.ts";
import { download } from "../src/download.ts";
import { DownloadError } from "../src/download-error.ts";
import { progressBar } from "../src/progress.ts";

const fast = { backoff: 1, progress: { update() {}, stop() {} } };
const anything = async (): Promise<void> => {};

/** A network that returns the given answer for each address, and records the requests. */
function network(answer: (address: string, count: number) => Response | Error): {
  fetch: typeof fetch;
  asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    fetch: async (address) => {
      asked.push(String(address));
      const response = answer(String(address), asked.length);
      if (response instanceof Error) throw response;
      return response;
    },
  };
}

describe("download", () => {
  it("rejects unknown options before any request", async () => {
    const { fetch, asked } = network(() => new Response("abc"));
    const misspelt = { ...fast, fetch, retries: 3 };
    await expect(download("f", ["a/"], anything, misspelt)).rejects.toThrow(
      'download: there is no option "retries"; there are fetch, attempts, backoff, timeout, progress',
    );
    expect(asked).toEqual([]);
  });

  it("returns the file from the first mirror, and reports progress", async () => {
    const { fetch, asked } = network(() => new Response("abc", { headers: { "content-length": "3" } }));
    const seen: (number | null)[][] = [];
    let stopped = 0;
    const progress = {
      update: (received: number, total: number | null) => seen.push([received, total]),
      stop: () => stopped++,
    };
    const bytes = await download("f", ["a/", "b/"], anything, { ...fast, fetch, progress });
    expect(new TextDecoder().decode(bytes)).toBe("abc");
    expect(asked).toEqual(["a/f"]);
    expect(seen).toEqual([[3, 3]]);
    expect(stopped).toBe(1);
  });

  it("tries the next mirror when one fails, and later the first one again", async () => {
    const { fetch, asked } = network((_, count) => (count < 4 ? new Error("connection refused") : new Response("abc")));
    await download("f", ["a/", "b/"], anything, { ...fast, fetch });
    expect(asked).toEqual(["a/f", "b/f", "a/f", "b/f"]);
  });

  it("rejects a file that fails the check", async () => {
    const { fetch } = network((address) => new Response(address.startsWith("a") ? "bad" : "good"));
    const check = async (bytes: Uint8Array): Promise<void> => {
      if (bytes.length !== 4) throw new FileError("not good");
    };
    expect(new TextDecoder().decode(await download("f", ["a/", "b/"], check, { ...fast, fetch }))).toBe("good");
  });

  it("rejects a truncated file", async () => {
    const { fetch } = network(() => new Response("abc", { headers: { "content-length": "5" } }));
    await expect(download("f", ["a/"], anything, { ...fast, fetch })).rejects.toThrow(/received 3 of 5 bytes/);
  });

  it("requests a file once after a 404 and again after a 503, and reports every failure", async () => {
    const { fetch, asked } = network(
      (address) => new Response(null, { status: address.startsWith("a") ? 404 : 503, statusText: "No" }),
    );
    const error = await download("f", ["a/", "b/"], anything, { ...fast, fetch }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toBeInstanceOf(FileError);
    expect(String(error)).toContain("cannot download f from any mirror");
    expect(String(error)).toContain("a/f: the server responded 404 No");
    expect(String(error)).toContain("b/f: the server responded 503 No");
    expect(asked).toEqual(["a/f", "b/f", "b/f", "b/f"]);
  });

  it("does not retry a server that does not answer", async () => {
    let asked = 0;
    const fetch: typeof globalThis.fetch = (_, options) => {
      asked++;
      return new Promise((_, reject) =>
        options?.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
      );
    };
    await expect(download("f", ["a/"], anything, { ...fast, fetch, timeout: 20 })).rejects.toThrow(
      /does not respond within 0.02 s/,
    );
    expect(asked).toBe(1);
  });

  it("retries when a server stops in the middle", async () => {
    let asked = 0;
    const fetch: typeof globalThis.fetch = async (_, options) => {
      if (asked++ > 0) return new Response("abc");
      const stalling = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("a"));
          options?.signal?.addEventListener("abort", () => controller.error(options.signal?.reason));
        },
      });
      return new Response(stalling);
    };
    expect(await download("f", ["a/"], anything, { ...fast, fetch, timeout: 20 })).toHaveLength(3);
    expect(asked).toBe(2);
  });

  it("rejects fewer than one attempt", async () => {
    await expect(download("f", ["a/"], anything, { ...fast, attempts: 0 })).rejects.toThrow(ArgumentError);
  });
});

describe("progressBar", () => {
  it("prints progress to a terminal only", async () => {
    const { isTTY } = process.stderr;
    const { write } = process.stderr;
    const written: string[] = [];
    process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
    try {
      process.stderr.isTTY = false;
      const none = await progressBar("file");
      none.update(1, 2);
      none.stop();
      expect(written).toEqual([]);
      process.stderr.isTTY = true;
      const bar = await progressBar("file");
      bar.update(1_000_000, 4_000_000);
      bar.update(4_000_000, 4_000_000);
      bar.stop();
      expect(written.join("")).toContain("25% of 4.0 MB");
    } finally {
      process.stderr.write = write;
      process.stderr.isTTY = isTTY;
    }
  });
});

describe("cacheFolder", () => {
  it("depends on the platform", () => {
    expect(cacheFolder({ platform: "linux", env: {}, home: "/home/a" })).toBe("/home/a/.cache/akari");
    expect(cacheFolder({ platform: "linux", env: { XDG_CACHE_HOME: "/x" }, home: "/home/a" })).toBe("/x/akari");
    expect(cacheFolder({ platform: "linux", env: { XDG_CACHE_HOME: "not/absolute" }, home: "/home/a" })).toBe(
      "/home/a/.cache/akari",
    );
    expect(cacheFolder({ platform: "darwin", env: {}, home: "/Users/a" })).toBe("/Users/a/Library/Caches/akari");
    expect(cacheFolder({ platform: "win32", env: { LOCALAPPDATA: "C:\\Users\\a" }, home: "C:\\a" })).toMatch(
      /^C:\\Users\\a.akari.Cache$/,
    );
    expect(cacheFolder({ platform: "linux", env: {}, home: "" })).toBeNull();
    expect(cacheFolder(null)).toBeNull();
  });
});
