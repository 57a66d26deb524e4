import { rmSync } from "node:fs";
import { access, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { folder, mnist, type Result, resultOf } from "./command.ts";
import { smallDigits } from "./idx.ts";

const SMALL = ["--model", "mlp", "--batch-size", "32"];

let data = "";
beforeAll(async () => {
  data = await smallDigits(1280, 320);
});

describe("a run", () => {
  it("trains, tests and writes the model and the report", async () => {
    const out = await folder();
    const ended = await mnist([...SMALL, "--data", data, "--epochs", "2", "--out", out, "--json"]);
    expect(ended.err).toBe("");
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/^device {2}cpu/);
    expect(ended.out).toContain(`MNIST, 1,280 training and 320 test images, from ${data}`);
    expect(ended.out).toMatch(/epoch 2\/2 {2}step 80\/80 {2}loss \d\.\d{4} {2}[\d,]+ images\/s/);
    const result = resultOf(ended);
    expect(result).toMatchObject({ device: "cpu", data: "MNIST", epochs: 2 });
    expect(Object.keys(result)).toEqual(["accuracy", "loss", "seconds", "device", "data", "epochs"]);
    expect(result.accuracy).toBeGreaterThan(0.9);
    expect(result.seconds).toBeGreaterThan(0);
    expect((await readdir(out)).sort()).toEqual(["model.safetensors", "report.html"]);
    const model = await readFile(join(out, "model.safetensors"));
    expect(model.subarray(8, 8 + Number(model.readBigUInt64LE(0))).toString()).toMatch(
      /"fc1\.weight":\{"dtype":"F32","shape":\[128,784\]/,
    );
    expect(await readFile(join(out, "report.html"), "utf8")).toContain("<svg");
  });

  it("gives the same result for the same seed, and a different one for another seed", async () => {
    const results: Omit<Result, "seconds">[] = [];
    for (const seed of ["3", "3", "4"]) {
      const { seconds: _, ...result } = resultOf(
        await mnist([...SMALL, "--data", data, "--seed", seed, "--out", await folder(), "--json"]),
      );
      results.push(result);
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]?.loss).not.toBe(results[0]?.loss);
  });

  it("trains on the requested number of images", async () => {
    const ended = await mnist([...SMALL, "--data", data, "--limit", "100", "--out", await folder()]);
    expect(ended.out).toContain("100 training and 320 test images");
    expect(ended.out).toContain("step 4/4");
  });

  it("generates digits if MNIST is not found, and prints the reason", async () => {
    const nowhere = await folder();
    const env = {
      MNIST_DIR: nowhere,
      XDG_CACHE_HOME: nowhere,
      HTTPS_PROXY: "http://127.0.0.1:9",
      NODE_USE_ENV_PROXY: "1",
    };
    const ended = await mnist([...SMALL, "--limit", "320", "--out", await folder(), "--json"], { env });
    expect(ended.err).toBe("");
    expect(ended.out).toMatch(/SyntheticDigits, 320 training .*because MNIST .*from any mirror/s);
    expect(resultOf(ended).data).toBe("SyntheticDigits");
  });
});

describe("an interrupted run", () => {
  const long = [...SMALL, "--epochs", "3", "--json"];

  it.each([
    ["in the first epoch", /step \d+\/120/],
    ["in a later epoch", /epoch 2/],
  ])("continues to the same result: %s", async (_, interruptAt) => {
    const [whole, parts] = [await folder(), await folder()];
    const expected = resultOf(await mnist([...long, "--data", data, "--out", whole]));
    const stopped = await mnist([...long, "--data", data, "--out", parts], { interruptAt });
    expect(stopped.code).toBe(130);
    const checkpoint = join(parts, "checkpoint.safetensors");
    expect(stopped.out).toContain(`--resume ${checkpoint}`);
    expect(await readdir(parts)).toEqual(["checkpoint.safetensors"]);

    const ended = await mnist(["--resume", checkpoint, "--data", data, "--out", parts, "--json"]);
    expect(ended.err).toBe("");
    expect(ended.code).toBe(0);
    const { seconds: _seconds, ...result } = resultOf(ended);
    expect(result).toEqual({ ...expected, seconds: undefined });
    expect(await readFile(join(parts, "model.safetensors"))).toEqual(await readFile(join(whole, "model.safetensors")));
  });

  it("continues only with the same data and recipe", async () => {
    const out = await folder();
    await mnist([...long, "--data", data, "--out", out], { interruptAt: /step/ });
    const checkpoint = join(out, "checkpoint.safetensors");
    const others = await smallDigits(640, 320);
    expect((await mnist(["--resume", checkpoint, "--data", others, "--out", out])).err).toMatch(
      /trained on 1280 images of MNIST, but the data is 640/,
    );
    expect((await mnist(["--resume", checkpoint, "--data", data, "--seed", "9", "--out", out])).err).toMatch(
      /--seed: got 9/,
    );
    expect((await mnist(["--resume", checkpoint, "--data", data, "--model", "cnn", "--out", out])).err).toMatch(
      /--model: got cnn/,
    );
  });
});

describe("wrong input", () => {
  it.each([
    ["an unknown option", ["--modle", "mlp"], /unknown option '--modle'/],
    ["an unknown device", ["--device", "tpu"], /'tpu' is invalid/],
    ["an unknown optimizer", ["--optimizer", "adamm"], /'adamm' is invalid/],
    ["no such data folder", ["--data", "/no/such/folder"], /--data: there is no folder/],
    ["no such checkpoint", ["--resume", "/no/such/file"], /--resume: there is no file/],
  ])("is rejected before anything is done: %s", async (_, args, message) => {
    const out = join(await folder(), "results");
    const ended = await mnist([...args, "--out", out]);
    expect(ended.code).toBe(1);
    expect(ended.out).toBe("");
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/ at .*\.ts:\d/);
    await expect(access(out)).rejects.toThrow();
  });

  it("is rejected: a folder for results that cannot be created", async () => {
    const file = join(await folder(), "file");
    await writeFile(file, "");
    const ended = await mnist([...SMALL, "--data", data, "--out", join(file, "results")]);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/--out: cannot write/);
  });

  it.skipIf(process.platform === "win32")("is rejected: a disk without space for the results", async () => {
    const ended = await mnist([...SMALL, "--data", data, "--out", await folder()], { shell: "ulimit -f 1000" });
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/--out: cannot write 3 MB of results into/);
    expect(ended.out).not.toContain("step");
  });

  it("saves the model elsewhere if the folder for results has been deleted", async () => {
    const out = await folder();
    const meanwhile = { seen: /step/, act: () => rmSync(out, { recursive: true }) };
    const ended = await mnist([...SMALL, "--data", data, "--epochs", "3", "--out", out], { meanwhile });
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/test {4}accuracy/);
    const kept = /cannot write .*model\.safetensors.*; it was saved as (.*) instead/.exec(ended.err)?.[1];
    expect(await readFile(kept ?? "")).toHaveProperty("length", 407_384);
  });

  it("is rejected: a damaged data file", async () => {
    const damaged = await smallDigits(64, 32);
    await truncate(join(damaged, "train-images-idx3-ubyte"), 1000);
    const ended = await mnist([...SMALL, "--data", damaged, "--out", await folder()]);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(join(damaged, "train-images-idx3-ubyte"));
    expect(ended.out).not.toContain("SyntheticDigits");
  });

  it("is rejected: a damaged checkpoint, and a file that is not a checkpoint", async () => {
    const out = await folder();
    await mnist([...SMALL, "--data", data, "--out", out], { interruptAt: /step/ });
    const checkpoint = join(out, "checkpoint.safetensors");
    await truncate(checkpoint, 5000);
    const damaged = await mnist(["--resume", checkpoint, "--data", data, "--out", out]);
    expect(damaged.code).toBe(1);
    expect(damaged.err).toContain(checkpoint);
    const ended = await mnist([...SMALL, "--data", data, "--limit", "64", "--out", out]);
    expect(ended.code).toBe(0);
    const other = await mnist(["--resume", join(out, "model.safetensors"), "--data", data, "--out", out]);
    expect(other.err).toMatch(/not a checkpoint of this program/);
  });
});
