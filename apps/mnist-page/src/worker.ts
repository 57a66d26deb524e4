/**
 * The training worker. Training outside of the page's thread keeps the page responsive while the CPU is busy.
 */

import { loadDigits } from "@akari/app-mnist/digits";
import { SIDE } from "./center.ts";
import { findDevices } from "./devices.ts";
import type { Report, Request } from "./messages.ts";
import { Run } from "./run.ts";

/** Number of test images that are shown. */
const SAMPLES = 36;

const tell = (report: Report): void => postMessage(report);
const fail = (error: unknown): void =>
  tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });

let opened: Awaited<ReturnType<typeof open>> | null = null;
let run: Run | null = null;

async function open(mnist: string) {
  const progress = {
    update: (received: number, total: number | null) => tell({ type: "download", received, total }),
    stop() {},
  };
  // The user is waiting, so digits are generated after two failed attempts.
  const loading = loadDigits({ root: mnist, places: [mnist], progress, attempts: 2 });
  loading.catch(() => {}); // the promise is awaited below
  const { backends, ...devices } = await findDevices();
  tell({ type: "devices", ...devices });
  const digits = await loading;
  const { train, test } = digits;
  const samples = test.pixels.slice(0, SAMPLES * SIDE * SIDE);
  const [many, few] = [train, test].map(({ length }) => length.toLocaleString("en-US"));
  const about = `${test.name}, ${many} training and ${few} test images, ${digits.origin}`;
  tell({
    type: "data",
    name: `${many} images of ${test.name}`,
    about,
    pixels: samples,
    digits: test.digits.slice(0, SAMPLES),
  });
  return { backends, digits, samples };
}

async function answer(request: Request): Promise<void> {
  switch (request.type) {
    case "open":
      opened = await open(request.mnist);
      break;
    case "train": {
      const device = opened?.backends[request.choice.device];
      if (opened === null || device === undefined) return;
      run?.end();
      run = new Run(request.choice.network, device, opened.digits, opened.samples, tell);
      await run.train();
      break;
    }
    case "stop":
      run?.stop();
      break;
    case "continue":
      run?.continue();
      break;
    case "read":
      tell({ type: "reading", probabilities: run === null ? null : await run.read(request.pixels) });
      break;
    default:
      request satisfies never;
  }
}

addEventListener("message", ({ data }: MessageEvent<Request>) => void answer(data).catch(fail));
