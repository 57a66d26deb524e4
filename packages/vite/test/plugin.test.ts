import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";
import { afterAll, describe, expect, it } from "vitest";
import { type AkariOptions, akari } from "../src/index.ts";

// Inside the package, so that the programs can import the others.
const folder = mkdtempSync(join(fileURLToPath(new URL("..", import.meta.url)), ".programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes files, bundles `main.js`, and returns the size in bytes and what its default export is. */
async function bundled(
  files: string | Readonly<Record<string, string>>,
  plugins: readonly Plugin[],
  define: Readonly<Record<string, string>> = {},
): Promise<{ readonly bytes: number; readonly result: unknown }> {
  const place = mkdtempSync(join(folder, "program-"));
  writeFileSync(join(place, "package.json"), '{ "name": "program" }'); // otherwise it would be part of our package
  for (const [path, text] of Object.entries(typeof files === "string" ? { "main.js": files } : files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  await build({
    configFile: false,
    logLevel: "silent",
    root: place,
    plugins: [...plugins],
    define,
    build: {
      outDir: join(place, "out"),
      lib: { entry: join(place, "main.js"), formats: ["es"], fileName: () => "out.js" },
      rolldownOptions: { external: [/^node:/], output: { codeSplitting: false } },
    },
  });
  const path = join(place, "out/out.js");
  const { default: result } = (await import(pathToFileURL(path).href)) as { default: unknown };
  const { size } = await import("node:fs").then(({ statSync }) => statSync(path));
  return { bytes: size, result };
}

const run = async (files: string | Readonly<Record<string, string>>, options?: AkariOptions): Promise<unknown> =>
  (await bundled(files, [akari(options)])).result;

/** A program whose result is the names among `asked` that are methods of a tensor. */
const asking = (asked: readonly string[], code: string): string => `
  import { tensor } from "@akari/tensor";
  const x = tensor([1, -2]);
  ${code}
  const asked = ${JSON.stringify(asked.map((name) => [...name].toReversed().join("")))};
  export default asked.map((name) => name.split("").reverse().join("")).filter((name) => typeof x[name] === "function");
`;

describe("the plugin", () => {
  it("leaves out the operations of methods that are not called", async () => {
    const program = 'import { tensor } from "@akari/tensor"; export default tensor([1, -2]).relu().toArraySync();';
    const [whole, part] = [await bundled(program, []), await bundled(program, [akari()])];
    expect(part.result).toEqual([1, 0]);
    expect(whole.result).toEqual([1, 0]);
    expect(part.bytes).toBeLessThan(0.7 * whole.bytes);
  });

  it("keeps a method under the name that is called, and what an alias stands for", async () => {
    const asked = ["relu", "relu_", "absolute", "abs", "clip", "clamp", "divide_", "div_", "cumsum", "cumsum_", "sort"];
    expect(await run(asking(asked, "x.relu_(); x.absolute(); x.divide_(2); x.cumsum_(0);"))).toEqual([
      "relu",
      "relu_",
      "absolute",
      "abs",
      "divide_",
      "div_",
      "cumsum_",
    ]);
  });

  it("keeps what other modules, packages and parts loaded on demand call", async () => {
    const files = {
      "main.js": `${asking(["sin", "cos", "tan", "asin", "acos"], 'import "./own.js"; import "other"; export const later = () => import("./later.js");')}`,
      "own.js": "export default globalThis.x?.sin();",
      "later.js": "export default globalThis.x?.cos();",
      "node_modules/other/package.json": '{ "name": "other", "type": "module", "exports": "./index.js" }',
      "node_modules/other/index.js": 'const op = globalThis.x ? "tan" : null; export default globalThis.x?.[op]();',
    };
    expect(await run(files)).toEqual(["sin", "cos", "tan"]);
  });

  it("keeps what constants of the configuration and files in other languages name", async () => {
    const files = {
      "main.js": asking(
        ["sin", "cos", "tan"],
        'import { op } from "./ops.json"; globalThis.x?.[op](); globalThis.x?.[OP]();',
      ),
      "ops.json": '{ "op": "sin" }',
    };
    expect((await bundled(files, [akari()], { OP: '"cos"' })).result).toEqual(["sin", "cos"]);
  });

  it("keeps what entries added by other plugins call", async () => {
    const files = { "main.js": asking(["sin", "cos"], ""), "added.js": "globalThis.x?.sin();" };
    const adding: Plugin = {
      name: "adding",
      buildStart() {
        this.emitFile({ type: "chunk", id: "./added.js" });
      },
      resolveId: (id, importer) => (id === "./added.js" && !importer ? { id: "\0added" } : null),
      load: (id) => (id === "\0added" ? files["added.js"] : null),
    };
    expect((await bundled(files, [akari(), adding])).result).toEqual(["sin"]);
  });

  it("serves builds at once, one of which fails", async () => {
    const plugin = akari();
    const built = (code: string): Promise<unknown> => bundled(code, [plugin]).then(({ result }) => result);
    const results = await Promise.allSettled([
      built(asking(["sin", "cos"], "x.sin();")),
      built(`${asking([], "")} const = ;`),
      built(asking(["sin", "cos"], "x.cos();")),
    ]);
    expect(results.map((one) => (one.status === "fulfilled" ? one.value : "failed"))).toEqual([
      ["sin"],
      "failed",
      ["cos"],
    ]);
  });

  it("keeps what it is told to, and rejects names of no method", async () => {
    expect(await run(asking(["sinh", "cosh"], ""), { keep: ["sinh"] })).toEqual(["sinh"]);
    expect(() => akari({ keep: ["sinus"] })).toThrow("akari: keep contains sinus, but tensors have no such method");
    expect(() => akari({ keep: "sinh" as never })).toThrow('akari: keep must be an array of names, got "sinh"');
    expect(() => akari({ keeps: ["sinh"] } as never)).toThrow('akari: there is no option "keeps"');
    expect(() => akari(["sinh"] as never)).toThrow("akari: expected options by name");
  });

  it("leaves a training with a model, an optimizer and gradients as it is", async () => {
    const program = `
      import { Adam, manualSeed, nn, randn, tensor } from "akari";
      manualSeed(0);
      const model = new nn.Sequential(
        new nn.Conv2d(1, 4, 3), new nn.BatchNorm2d(4), new nn.GELU(), new nn.Flatten(), new nn.Dropout(0.2), new nn.Linear(144, 3),
      );
      const optimizer = new Adam(model.parameters(), { lr: 0.01 });
      const [images, labels] = [randn([5, 1, 8, 8]), tensor([0, 1, 2, 0, 1], { dtype: "int32" })];
      const losses = [];
      for (let step = 0; step < 4; step++) {
        optimizer.zeroGrad();
        const loss = nn.functional.crossEntropy(model(images), labels);
        loss.backward();
        optimizer.step();
        losses.push(loss.itemSync());
      }
      export default losses;
    `;
    const [whole, part] = [await bundled(program, []), await bundled(program, [akari()])];
    expect(part.result).toEqual(whole.result);
    expect((part.result as number[])[3]).toBeLessThan((part.result as number[])[0] as number);
    expect(part.bytes).toBeLessThan(0.9 * whole.bytes);
  });
});
