/** Runs peers in their own processes, so that memory, compiled code and threads are not shared. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Adapter } from "./adapter.ts";
import { softwareDriver } from "./chromium.ts";
import { type Answer, type Failed, type Measurement, patience, tooLong } from "./measure.ts";
import type { Cannot, Device } from "./workloads.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The message of `pytorch.py` if PyTorch is missing, and the message for a missing program. */
const notInstalled = "is not installed";

/** Measures one workload in a new process. */
export async function runProcess(peer: string, device: Device, workload: string, seconds: number): Promise<Answer> {
  if (peer === "pytorch") return await askPytorch<Measurement>(device, workload, seconds);
  return await ask<Measurement>(process.execPath, [
    here("./child.ts"),
    peer.replace("-node", ""),
    device,
    workload,
    `${seconds}`,
  ]);
}

/** Returns the name of the GPU that PyTorch finds. */
export async function findPytorch(): Promise<{ readonly name: string; readonly version: string } | Cannot> {
  return noFailure(await askPytorch<{ name: string; version: string }>("webgpu", "adapter", 0));
}

async function askPytorch<T>(device: Device, workload: string, seconds: number): Promise<T | Cannot | Failed> {
  // Debian's PyTorch belongs to Debian's Python, which may not be the first one in PATH.
  for (const python of ["/usr/bin/python3", "python3"]) {
    const answer = await ask<T & object>(python, [here("./peers/pytorch.py"), device, workload, `${seconds}`]);
    if (!("cannot" in answer) || answer.cannot !== notInstalled) return answer;
  }
  return { cannot: notInstalled };
}

/**
 * Returns the GPU that Node finds. If the machine has no driver, this configures the Vulkan loader, for child processes
 * too, to use Chromium's software driver.
 */
export async function findNodeAdapter(): Promise<Adapter | Cannot> {
  const look = () => ask<Adapter>(process.execPath, [here("./child.ts"), "adapter"]);
  let found = await look();
  const { env } = process;
  const chosen = env.VK_ICD_FILENAMES ?? env.VK_DRIVER_FILES;
  if ("failed" in found && chosen === undefined && existsSync(softwareDriver)) {
    env.VK_ICD_FILENAMES = softwareDriver;
    found = await look();
  }
  return noFailure(found);
}

function noFailure<T extends object>(answer: T | Cannot | Failed): T | Cannot {
  return "failed" in answer ? { cannot: answer.failed } : answer;
}

/** Runs a program and parses its last line. */
function ask<T>(command: string, args: readonly string[]): Promise<T | Cannot | Failed> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    const timer = setTimeout(() => child.kill(), patience);
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (err += text));
    child.on("error", () => resolve({ cannot: notInstalled }));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      // Safe: the programs print nothing else on their last line.
      if (code === 0) resolve(JSON.parse(out.trim().split("\n").at(-1) ?? "") as T | Cannot);
      else resolve(signal === "SIGTERM" ? tooLong : { failed: reasonIn(err) || `exit code ${code}` });
    });
  });
}

/** Returns the line with the error message in the output of a failed program. */
function reasonIn(text: string): string {
  const lines = text.trim().split("\n");
  const line = lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1) ?? "";
  return line.replace(/^\w*Error: /, "");
}
