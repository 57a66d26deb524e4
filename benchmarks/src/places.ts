/** Finds out which peers of a run are available and which GPU they use, and starts them. */

import type { Adapter } from "./adapter.ts";
import type { Answer } from "./measure.ts";
import { type Options, type Place, peers } from "./options.ts";
import { openPages, type Pages } from "./pages.ts";
import { findNodeAdapter, findPytorch, runProcess } from "./processes.ts";
import { adapterLine } from "./table.ts";
import type { Cannot } from "./workloads.ts";

/** The available peers. */
export interface Places {
  /** The requested peers that are available. */
  readonly peers: readonly string[];
  /** The GPUs by environment; empty on the CPU. */
  readonly adapters: Readonly<Partial<Record<Place, Adapter>>>;
  /** Measures one workload with one peer. */
  run(peer: string, workload: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Finds the requested peers, and prints which devices they use and what is missing. */
export async function openPlaces(options: Options): Promise<Places> {
  const { device, seconds } = options;
  const chosen = options.peers;
  if (device === "cpu") {
    return {
      peers: chosen,
      adapters: {},
      run: (peer, workload) => runProcess(peer, device, workload, seconds),
      async close() {},
    };
  }
  const absent = new Set<string>();
  const concerned = {
    Node: chosen.filter((peer) => peers[device][peer] === "process" && peer !== "pytorch"),
    Chromium: chosen.filter((peer) => peers[device][peer] === "page"),
    PyTorch: chosen.filter((peer) => peer === "pytorch"),
  };
  const look = async <T extends object>(
    where: keyof typeof concerned,
    find: () => Promise<T | Cannot>,
    words: (found: T) => string,
  ) => {
    if (concerned[where].length === 0) return null;
    const found = await find();
    const missing = "cannot" in found;
    console.log(`${where}: ${missing ? found.cannot : words(found)}`);
    if (!missing) return found;
    for (const peer of concerned[where]) absent.add(peer);
    return null;
  };
  const node = await look("Node", findNodeAdapter, adapterLine);
  const pages: Pages | null = await look("Chromium", openPages, ({ adapter }) => adapterLine(adapter));
  await look("PyTorch", findPytorch, ({ name, version }) => `${version} on ${name}`);
  return {
    peers: chosen.filter((peer) => !absent.has(peer)),
    adapters: { ...(node && { process: node }), ...(pages && { page: pages.adapter }) },
    run: async (peer, workload) =>
      pages !== null && concerned.Chromium.includes(peer)
        ? await pages.run(peer, workload, seconds)
        : await runProcess(peer, device, workload, seconds),
    close: async () => await pages?.close(),
  };
}
