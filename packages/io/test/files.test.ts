import { describe, expect, it } from "vitest";
import { writeAtomically } from "../src/disk.ts";
import type { FileSystem } from "../src/files.ts";

/** A file system in memory on which one step fails. */
function disk(failing: "create" | "write" | "sync" | "close" | "rename" | "none") {
  const files = new Map<string, string>([["model", "old"]]);
  const fail = async (step: string) => {
    if (step === failing) throw new Error(`${step}: no space left on device`);
  };
  const system: FileSystem = {
    async create(path) {
      await fail("create");
      files.set(path, "");
      return {
        async write(bytes) {
          files.set(path, files.get(path) + new TextDecoder().decode(bytes.subarray(0, 1)));
          await fail("write");
          files.set(path, files.get(path) + new TextDecoder().decode(bytes.subarray(1)));
        },
        sync: () => fail("sync"),
        close: () => fail("close"),
      };
    },
    async rename(from, to) {
      await fail("rename");
      files.set(to, files.get(from) as string);
      files.delete(from);
    },
    async remove(path) {
      files.delete(path);
    },
  };
  return { files, system };
}

describe("writing atomically", () => {
  const chunks = () => ["new ", "contents"].map((text) => new TextEncoder().encode(text));

  it("replaces the file", async () => {
    const { files, system } = disk("none");
    await writeAtomically("save", "model", chunks(), system);
    expect([...files]).toEqual([["model", "new contents"]]);
  });

  it.each(["create", "write", "sync", "close", "rename"] as const)("keeps the old file when %s fails", async (step) => {
    const { files, system } = disk(step);
    await expect(writeAtomically("save", "model", chunks(), system)).rejects.toThrow(
      `save: cannot write model: ${step}: no space left`,
    );
    expect([...files]).toEqual([["model", "old"]]);
  });

  it("reports that there is no file system", async () => {
    await expect(writeAtomically("save", "model", chunks(), null)).rejects.toThrow(
      "save: cannot write model: there is no file system here; offer the bytes from save(value) without a path as a download",
    );
    await expect(writeAtomically("saveNpy", "x", chunks(), null)).rejects.toThrow(/from encodeNpy as a download/);
  });
});
