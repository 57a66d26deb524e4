/** The built page, in a browser. */

import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumPath, softwareArguments } from "../../../benchmarks/src/chromium.ts";
import { smallDigits } from "../../mnist/test/idx.ts";

const there = existsSync(chromiumPath);
if (!there) {
  const reason = `there is no Chromium at ${chromiumPath}; install it, or set the environment variable CHROMIUM to its path`;
  if (process.env.CI) throw new Error(`tests of the page are required here: ${reason}`);
  console.log(`tests of the page are skipped: ${reason}`);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const dataBefore = process.env.MNIST_DIR;
let server: PreviewServer;
let browser: Browser;
let address = "";

beforeAll(async () => {
  if (!there) return;
  const outDir = await mkdtemp(join(tmpdir(), "akari-page-"));
  process.env.MNIST_DIR = await smallDigits(1280, 320);
  await build({ root, logLevel: "error", build: { outDir } });
  server = await preview({ root, logLevel: "error", build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  address = server.resolvedUrls?.local[0] ?? "";
  browser = await chromium.launch({ executablePath: chromiumPath, args: [...softwareArguments] });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (dataBefore === undefined) delete process.env.MNIST_DIR;
  else process.env.MNIST_DIR = dataBefore;
});

describe.skipIf(!there)("the page", () => {
  let page: Page;
  let errors: string[] = [];

  const text = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? "";
  const step = async (): Promise<number> => Number.parseInt(await text("step"), 10);

  /** Opens the page and waits until it is ready to train. */
  async function open(
    options: { before?: (page: Page) => Promise<unknown>; size?: { width: number; height: number } } = {},
  ): Promise<void> {
    page = await browser.newPage({ viewport: options.size ?? { width: 1200, height: 900 } });
    errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
    await options.before?.(page);
    await page.goto(address);
    await page.locator("#go:enabled").waitFor();
  }

  /** Waits until the text of an element matches `what`. */
  async function until(id: string, what: RegExp): Promise<void> {
    await expect.poll(() => text(id), { timeout: 40_000, interval: 50 }).toMatch(what);
  }

  async function draw(): Promise<void> {
    const { x, y, width } = (await page.locator("#pad").boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + 0.3 * width, y + 0.2 * width);
    await page.mouse.down();
    await page.mouse.move(x + 0.6 * width, y + 0.3 * width, { steps: 3 });
    await page.mouse.move(x + 0.4 * width, y + 0.8 * width, { steps: 3 });
    await page.mouse.up();
  }

  /** Returns the ten displayed probabilities. */
  async function probabilities(): Promise<number[]> {
    await page.locator("#bars .best").waitFor();
    return page
      .locator("#bars li")
      .evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.probability)));
  }

  beforeEach(() => async () => {
    await page?.close();
    expect(errors).toEqual([]);
  });

  it("trains on the CPU, shows its progress, stops and continues", async () => {
    await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await text("status")).toBe("Ready to train on 1,280 images of MNIST.");
    expect(await text("data")).toContain(`from ${address}mnist/`);
    expect(await page.locator("#samples li").count()).toBe(36);
    await page.getByRole("button", { name: "Train" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Continue" }).waitFor();
    expect(await text("status")).toBe("Stopped.");
    const first = Number(await text("loss"));
    expect(first).toBeGreaterThan(0);
    const halted = [await text("epoch"), await step()];
    await page.waitForTimeout(300);
    expect([await text("epoch"), await step()]).toEqual(halted);

    await page.getByRole("button", { name: "Continue" }).click();
    await until("status", /5 epochs completed/);
    expect([await text("epoch"), await text("step")]).toEqual(["5", "20 / 20"]);
    expect(await text("epochs")).toMatch(/^(\d[\d.]+ %){5}$/);
    expect(await text("speed")).toMatch(/^[\d,]+$/);
    expect(await page.locator("#curve polyline").count()).toBe(2);
    expect(Number(await text("loss"))).toBeLessThan(0.5 * first);
    expect(Number.parseFloat(await text("accuracy"))).toBeGreaterThan(80);
    const right = await page.locator("#samples .right").count();
    expect(await text("score")).toBe(`${right} of 36 are classified correctly (✓), ${36 - right} incorrectly (✗).`);
    expect(right).toBeGreaterThan(24);
    expect(await page.locator("#samples .right .reading").first().textContent()).toMatch(/^\d ✓$/);
  });

  it("classifies a drawing, during training and afterward", async () => {
    await open();
    await draw();
    await until("answer", /not trained yet/);
    await page.getByRole("button", { name: "Train" }).click();
    const while_ = await probabilities();
    expect(while_.reduce((sum, each) => sum + each)).toBeCloseTo(1, 4);
    await until("status", /5 epochs completed/);
    await page.getByRole("button", { name: "Clear" }).click();
    await until("answer", /Nothing is drawn/);
    await draw();
    const then = await probabilities();
    expect(then.reduce((sum, each) => sum + each)).toBeCloseTo(1, 4);
    expect(await text("answer")).toContain(`Prediction: ${then.indexOf(Math.max(...then))}`);
  });

  it("trains on WebGPU", async () => {
    await open();
    await page.getByRole("radio", { name: /WebGPU/ }).check();
    await page.getByRole("button", { name: "Train" }).click();
    expect(await text("status")).toContain("on the GPU");
    await until("loss", /\d/);
    const first = Number(await text("loss"));
    await draw();
    expect((await probabilities()).reduce((sum, each) => sum + each)).toBeCloseTo(1, 4);
    await until("accuracy", /\d/);
    expect(Number(await text("loss"))).toBeLessThan(0.8 * first);
  });

  it("works without WebGPU and isolation, on a phone, and shows the running code", async () => {
    const poorer = (each: Page) =>
      each.route("**/*", async (route) => {
        const response = await route.fetch();
        const { "cross-origin-opener-policy": _, "cross-origin-embedder-policy": __, ...headers } = response.headers();
        const worker = /worker.*\.js$/.test(route.request().url());
        const without = 'Object.defineProperty(navigator, "gpu", { value: undefined });';
        await route.fulfill({ response, headers, ...(worker ? { body: without + (await response.text()) } : {}) });
      });
    await open({ before: poorer, size: { width: 320, height: 700 } });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await text("cpu-note")).toBe("one thread");
    expect(await page.getByRole("radio", { name: /WebGPU/ }).isDisabled()).toBe(true);
    expect(await text("webgpu-reason")).toMatch(/WebGPU is not available\. webgpu: .*navigator\.gpu/);
    expect(await text("step-source")).toContain("loss.backward();");
    expect(await text("network-source")).toContain("class MLP");
    await page.getByRole("radio", { name: /CNN/ }).check();
    expect(await text("network-source")).toContain("class CNN");
    await page.getByRole("button", { name: "Train" }).click();
    await until("loss", /\d/);
    expect(await text("status")).toMatch(/^Training the CNN on the CPU/);
    expect(await page.getByRole("radio", { name: /MLP/ }).isDisabled()).toBe(true);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      "horizontal overflow on a phone",
    ).toBe(0);
  });

  it("can be used by keyboard alone", async () => {
    await open();
    const focused = () =>
      page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("value"));
    const reached: (string | null | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached).toEqual(["mlp", "cpu", "go"]);
    await page.keyboard.press("Enter");
    await until("loss", /\d/);
    await page.keyboard.press("Enter");
    await until("go", /Continue/);
    expect(await focused()).toBe("go");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // start over
    await until("status", /Training/);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("pad");
    await page.keyboard.press("Space");
    for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    expect((await probabilities()).reduce((sum, each) => sum + each)).toBeCloseTo(1, 4);
    await page.keyboard.press("Backspace");
    await until("answer", /Nothing is drawn/);
  });
});
