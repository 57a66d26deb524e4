/** The command line of the benchmark: defaults, selection and errors. */

import { describe, expect, it } from "vitest";
import { parseOptions } from "../src/options.ts";
import { leftOut, workloads } from "../src/workloads.ts";

describe("options", () => {
  it("measure all CPU workloads with every peer by default", () => {
    const { device, only, peers, seconds, json } = parseOptions([]);
    expect({ device, peers, seconds, json }).toEqual({
      device: "cpu",
      peers: ["akari", "akari-compiled", "pytorch", "jax-js", "tfjs"],
      seconds: 1.5,
      json: false,
    });
    expect(only).toContain("matmul-2048");
    expect(only).not.toContain("matmul-4096");
    expect(only).not.toContain("launches");
  });

  it("measure all workloads on webgpu, in Node and in pages", () => {
    const { only, peers } = parseOptions(["--device", "webgpu"]);
    expect(only).toEqual(Object.keys(workloads));
    expect(peers).toEqual(["akari-node", "pytorch", "akari", "akari-compiled", "jax-js", "tfjs"]);
  });

  it("accept lists of names", () => {
    const { only, peers } = parseOptions(["--device", "webgpu", "--only", "mlp, cnn", "--peers", "akari,tfjs"]);
    expect(only).toEqual(["mlp", "cnn"]);
    expect(peers).toEqual(["akari", "tfjs"]);
  });

  it.each([
    [["--device", "tpu"], /--device .*'tpu' is invalid\. Allowed choices are cpu, webgpu/],
    [
      ["--peers", "torch"],
      /--peers': on cpu there is no "torch"; there are: akari, akari-compiled, pytorch, jax-js, tfjs/,
    ],
    [["--device", "webgpu", "--peers", "akari,mlx"], /--peers': on webgpu there is no "mlx"; there are: akari-node, /],
    [["--peers", "akari-node"], /--peers': on cpu there is no "akari-node"/],
    [["--only", "matmul"], /--only': on cpu there is no "matmul"; there are: matmul-64, /],
    [["--seconds", "0"], /--seconds .*'0' is invalid\. Expected a positive number\./],
    [["mlp"], /too many arguments/],
  ])("reject %j with a message", (args, sentence) => {
    expect(() => parseOptions(args)).toThrow(sentence);
  });
});

describe("leftOut", () => {
  it("skips large products on software adapters, and nothing on a GPU", () => {
    expect(leftOut("matmul-2048", "webgpu", true)).toMatch(/software adapter/);
    expect(leftOut("matmul-1024", "webgpu", true)).toBeNull();
    for (const name of Object.keys(workloads)) expect(leftOut(name, "webgpu", false)).toBeNull();
  });

  it("says how to run workloads for GPUs", () => {
    expect(leftOut("launches", "cpu", false)).toMatch(/--device webgpu/);
    expect(leftOut("matmul-8192", "cpu", false)).toMatch(/--device webgpu/);
    expect(leftOut("matmul-2048", "cpu", false)).toBeNull();
  });
});
