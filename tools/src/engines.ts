/**
 * `pnpm engines [DIR]`: runs recorded PyTorch cases in engines other than Node's, which compile WebAssembly and WGSL
 * differently. DIR is a folder of cases, by default the one that `AKARI_GOLDEN` names. Exits with 1 if a case fails.
 *
 * - Bun, on the CPU: JavaScriptCore, the engine of Safari.
 * - Firefox, on the CPU with threads: SpiderMonkey. The environment variable FIREFOX is its path.
 * - Deno, on WebGPU: wgpu, which is also Firefox's implementation, and reaches a software adapter without a screen.
 *
 * What is not installed is skipped with a message; in continuous integration that is an error.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { createServer, type Plugin } from "vite";
import { softwareDriver } from "../../benchmarks/src/chromium.ts";
import { familiesIn } from "../../conformance/src/folder.ts";
import type { Message } from "../../conformance/src/page.ts";
import { tool } from "./commands.ts";
import { root } from "./packages.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const conformance = join(root, "conformance/src");

/** How long Firefox may take, in milliseconds. */
const patience = 300_000;

/** Runs the cases in a program that executes TypeScript. Returns whether all of them passed. */
function runCommand(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): boolean {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "ignore"],
    env: { ...process.env, ...environment },
  });
  return status === 0;
}

async function bodyOf(request: IncomingMessage): Promise<Message> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as Message; // safe: sent by our page
}

/** Serves the files of cases to the page, as they are, and passes on what it reports. */
function exchange(folder: string, receive: (message: Message) => void): Plugin {
  const files = familiesIn(folder).map((name) => `"${name}": ${readFileSync(join(folder, `${name}.json`), "utf8")}`);
  return {
    name: "recorded-cases",
    configureServer({ middlewares }) {
      middlewares.use("/cases", (_, response) => void response.end(`{${files.join()}}`));
      middlewares.use("/messages", async (request, response) => {
        receive(await bodyOf(request));
        response.end();
      });
    },
  };
}

/** Runs the cases in a page of Firefox. Returns whether all of them passed. */
async function runFirefox(path: string, folder: string): Promise<boolean> {
  const { promise: passed, resolve } = Promise.withResolvers<boolean>();
  const receive = (message: Message) => {
    if ("failed" in message) return resolve(message.failed === 0);
    console.log("line" in message ? message.line : message.error);
    if ("error" in message) resolve(false);
  };
  const server = await createServer({
    configFile: false,
    logLevel: "error",
    root: conformance,
    cacheDir: temporaryFolder(),
    plugins: [exchange(folder, receive)],
    server: {
      host: "127.0.0.1",
      port: 0,
      hmr: false,
      headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    },
  });
  await server.listen();
  const address = new URL("page.html", server.resolvedUrls?.local[0]).href;
  const profile = temporaryFolder();
  writeFileSync(join(profile, "user.js"), 'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n');
  const firefox = spawn(path, ["--headless", "--no-remote", "--profile", profile, address], { stdio: "ignore" });
  const late = setTimeout(() => {
    console.log(`Firefox reported nothing for ${patience / 1000} s`);
    resolve(false);
  }, patience);
  firefox.on("error", ({ message }) => {
    console.log(message);
    resolve(false);
  });
  try {
    return await passed;
  } finally {
    clearTimeout(late);
    firefox.kill();
    await server.close();
  }
}

const folder = process.argv.slice(2).find((argument) => argument !== "--") ?? process.env.AKARI_GOLDEN;
if (folder === undefined) {
  console.log("skipped: there are no recorded cases; name their folder, or set the environment variable AKARI_GOLDEN");
  process.exit();
}
if (!existsSync(folder)) {
  console.log(`engines: there is no folder ${folder}`);
  process.exit(1);
}
const main = join(conformance, "main.ts");
// Without the initializers, whose thousand reads of small tensors take a minute, and the random numbers of the CPU.
const onGpu = familiesIn(folder).filter((family) => family !== "init" && family !== "random");
const firefox = process.env.FIREFOX ?? ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));

const runs: readonly (readonly [name: string, run: (() => boolean | Promise<boolean>) | string])[] = [
  ["Bun, cpu", () => runCommand(tool("bun@1", ".bin/bun"), [main, folder])],
  ["Firefox, cpu", firefox === undefined ? "Firefox is not installed" : () => runFirefox(firefox, folder)],
  [
    "Deno, webgpu",
    existsSync(softwareDriver)
      ? () =>
          runCommand(
            tool("deno@2", ".bin/deno"),
            ["run", "--allow-all", main, folder, "--device", "webgpu", ...onGpu.flatMap((name) => ["--only", name])],
            { VK_ICD_FILENAMES: softwareDriver },
          )
      : `there is no Vulkan driver at ${softwareDriver}`,
  ],
];
for (const [name, run] of runs) {
  console.log(`\n${name}`);
  const skipped = typeof run === "string";
  if (skipped) console.log(`skipped: ${run}`);
  if (skipped ? process.env.CI : !(await run())) process.exitCode = 1;
}
