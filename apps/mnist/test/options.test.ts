import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { checkPaths, parseOptions, resumed } from "../src/options.ts";

/** Returns the message with which parsing fails, or "taken". */
function refused(...args: string[]): string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    parseOptions(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    write.mockRestore();
  }
  return "taken";
}

describe("the command line", () => {
  it("defaults to PyTorch's example", () => {
    const { options, given } = parseOptions([]);
    expect(options).toEqual({
      model: "cnn",
      device: "cpu",
      epochs: 1,
      batchSize: 64,
      lr: 1e-3,
      optimizer: "adam",
      seed: 1,
      out: "runs/mnist",
      json: false,
    });
    expect([...given]).toEqual([]);
  });

  it("accepts every option", () => {
    const line =
      "--model mlp --device reference --epochs 3 --batch-size 32 --lr 0.1 --optimizer sgd --data d --seed 0 --limit 100 --out o --resume c --json";
    const { options, given } = parseOptions(line.split(" "));
    expect(options).toEqual({
      model: "mlp",
      device: "reference",
      epochs: 3,
      batchSize: 32,
      lr: 0.1,
      optimizer: "sgd",
      data: "d",
      seed: 0,
      limit: 100,
      out: "o",
      resume: "c",
      json: true,
    });
    expect(given.has("batchSize")).toBe(true);
  });

  it.each([
    [["--modle", "cnn"], /unknown option '--modle'[\s\S]*--model/],
    [["--model", "rnn"], /'rnn' is invalid.*cnn, mlp/],
    [["--device", "tpu"], /'tpu' is invalid.*cpu, reference, auto, webgpu/],
    [["--optimizer", "adamm"], /'adamm' is invalid.*adam, adamw/],
    [["--epochs", "0"], /'0' is invalid.*whole number of at least 1/],
    [["--epochs", "1.5"], /'1.5' is invalid.*whole number/],
    [["--batch-size", "many"], /'many' is invalid.*whole number/],
    [["--limit", "-3"], /'-3' is invalid.*whole number/],
    [["--seed", "-1"], /'-1' is invalid.*at least 0/],
    [["--lr", "0"], /'0' is invalid.*above 0/],
    [["--lr", "Infinity"], /'Infinity' is invalid/],
    [["--lr"], /argument missing/],
    [["extra"], /too many arguments/],
  ])("rejects %j", (args, message) => {
    expect(refused(...args)).toMatch(message);
  });
});

describe("the paths", () => {
  const defaults = parseOptions([]).options;

  it("must exist", async () => {
    await expect(checkPaths({ ...defaults, data: "/no/such/folder" })).rejects.toThrow(
      /--data: there is no folder \/no\/such\/folder/,
    );
    await expect(checkPaths({ ...defaults, resume: "/no/such/file" })).rejects.toThrow(
      /--resume: there is no file \/no\/such\/file/,
    );
  });

  it("must be of the right kind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "akari-test-"));
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(checkPaths({ ...defaults, data: file })).rejects.toThrow(/--data/);
    await expect(checkPaths({ ...defaults, resume: folder })).rejects.toThrow(/--resume/);
    await expect(checkPaths({ ...defaults, data: folder, resume: file })).resolves.toBeUndefined();
  });
});

describe("a resumed run", () => {
  const recipe = { model: "mlp", epochs: 2, batchSize: 64, lr: 1e-3, optimizer: "adam", seed: 1 } as const;

  it("has the recipe of the checkpoint, and its own device and folder", () => {
    const options = resumed(parseOptions(["--resume", "c", "--device", "reference", "--out", "o"]), recipe);
    expect(options).toMatchObject({ ...recipe, device: "reference", out: "o" });
  });

  it("may be longer, not shorter", () => {
    expect(resumed(parseOptions(["--epochs", "5"]), recipe).epochs).toBe(5);
    expect(() => resumed(parseOptions(["--epochs", "1"]), recipe)).toThrow(/--epochs: got 1.*run of 2/);
  });

  it("cannot change the recipe", () => {
    expect(() => resumed(parseOptions(["--model", "cnn"]), recipe)).toThrow(/--model: got cnn.*trained with mlp/);
    expect(() => resumed(parseOptions(["--batch-size", "32"]), recipe)).toThrow(/--batch-size: got 32.*64/);
    expect(() => resumed(parseOptions(["--limit", "10"]), recipe)).toThrow(/--limit: got 10.*no limit/);
    expect(resumed(parseOptions(["--model", "mlp"]), recipe).model).toBe("mlp");
  });
});
