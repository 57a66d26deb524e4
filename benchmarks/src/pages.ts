/**
 * Runs peers in pages of one headless Chromium. Each measurement uses a new page, so that memory and devices are not
 * shared.
 */

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright";
import type { Adapter } from "./adapter.ts";
import { chromiumPath, hardwareArguments, softwareArguments } from "./chromium.ts";
import type { LibraryName } from "./libraries.ts";
import { type Answer, type Failed, type Measurement, patience } from "./measure.ts";
import { type Site, serve } from "./site.ts";
import type { Cannot } from "./workloads.ts";

/**
 * How long the description of a GPU may take, in milliseconds. It takes about a second; a browser that is told to use
 * the GPU of a machine without one may never answer.
 */
const glance = 30_000;

/** The browser's pages, and the GPU that they use. */
export interface Pages {
  readonly adapter: Adapter;
  /** Measures one workload in a new page. */
  run(library: string, workload: string, seconds: number): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts the browser, with the machine's GPU if there is one. */
export async function openPages(): Promise<Pages | Cannot> {
  if (!existsSync(chromiumPath)) {
    return {
      cannot: `there is no Chromium at ${chromiumPath}; install it, or set the environment variable CHROMIUM to its path`,
    };
  }
  const site = await serve();
  let session = new Session(site, hardwareArguments);
  const close = async () => {
    await session.close();
    await site.close();
  };
  try {
    let adapter = await session.look();
    if ("failed" in adapter || adapter.software) {
      await session.close();
      session = new Session(site, softwareArguments);
      adapter = await session.look();
    }
    if ("failed" in adapter) {
      await close();
      return { cannot: adapter.failed };
    }
    return { adapter, run: (...task) => session.run(...task), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A browser with the given arguments, which is started when the first page is opened. */
class Session {
  readonly #site: Site;
  readonly #args: readonly string[];
  #browser: Browser | null = null;

  constructor(site: Site, args: readonly string[]) {
    this.#site = site;
    this.#args = args;
  }

  look(): Promise<Adapter | Failed> {
    return this.#inPage((page) => page.evaluate(() => benchmark.describeAdapter()), glance);
  }

  run(library: string, workload: string, seconds: number): Promise<Answer> {
    // Safe: names are validated before anything runs.
    const task = [library as LibraryName, workload, seconds] as const;
    return this.#inPage<Measurement | Cannot>((page) =>
      page.evaluate(([library, workload, seconds]) => benchmark.time(library, "webgpu", workload, seconds), task),
    );
  }

  async #inPage<T>(work: (page: Page) => Promise<T>, limit = patience): Promise<T | Failed> {
    this.#browser ??= await chromium.launch({ executablePath: chromiumPath, args: [...this.#args] });
    const page = await this.#browser.newPage();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, limit, "late");
    });
    try {
      await page.goto(this.#site.address);
      const working = work(page);
      const answer = await Promise.race([working, late]);
      if (answer !== "late") {
        await page.close();
        return answer;
      }
      working.catch(() => {}); // closing the page rejects it
      // Work on a GPU cannot be canceled, so the whole browser is closed.
      await this.close();
      return { failed: `took more than ${limit / 1000} s` };
    } catch (error) {
      await this.close();
      return {
        failed: String(error)
          .replace(/^.*?Error: /, "")
          .split("\n")[0] as string,
      }; // safe: a split has a first part
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#browser = null;
  }
}
