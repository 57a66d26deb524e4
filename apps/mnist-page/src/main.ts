/** The page: shows the worker's reports, and sends the user's input to the worker. */

import { showProbabilities } from "./bars.ts";
import { listen, show, showDevices, showTrouble } from "./controls.ts";
import { drawDigit } from "./digit-image.ts";
import { element } from "./element.ts";
import { clearFigures, showAccuracy, showProgress } from "./figures.ts";
import type { Report, Request } from "./messages.ts";
import { Pad } from "./pad.ts";
import { showReadings, showSamples } from "./samples.ts";
import { showSources } from "./sources.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const ask = (request: Request): void => worker.postMessage(request);

/** Description of the training data; empty before it is loaded. */
let data = "";
let written: Uint8Array | null = null;
/** One digit is read at a time, and the latest one after it, so that requests do not pile up on a slow device. */
let reading: "nothing" | "one" | "one, and another after it" = "nothing";

function read(): void {
  if (written === null) {
    showProbabilities(null, "Nothing is drawn yet.");
  } else if (reading === "nothing") {
    reading = "one";
    ask({ type: "read", pixels: written });
  } else {
    reading = "one, and another after it";
  }
}

const pad = new Pad(element("pad", HTMLCanvasElement), (image) => {
  if (written === null && image !== null) showProbabilities(null, "…");
  written = image;
  drawDigit(element("seen", HTMLCanvasElement), image);
  element("invitation", HTMLElement).hidden = image !== null;
  read();
});
element("clear", HTMLButtonElement).addEventListener("click", () => pad.clear());

function hear(report: Report): void {
  switch (report.type) {
    case "devices":
      showDevices(report.cpu, report.webgpu);
      break;
    case "download": {
      const { received, total } = report;
      const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
      show(
        "opening",
        `Downloading MNIST: ${megabytes(received)}${total === null ? "" : ` of ${megabytes(total)}`} MB.`,
      );
      break;
    }
    case "data":
      element("data", HTMLElement).textContent = `Data: ${report.about}.`;
      showSamples(report.pixels, report.digits);
      data = report.name;
      show("ready", `Ready to train on ${data}.`);
      break;
    case "progress":
      showProgress(report);
      break;
    case "tested":
      showAccuracy(report.epoch, report.accuracy);
      break;
    case "stopped":
      show("stopped", report.why);
      break;
    case "samples":
      showReadings(report.probabilities);
      read();
      break;
    case "reading": {
      const again = reading === "one, and another after it";
      reading = "nothing";
      if (written !== null) showProbabilities(report.probabilities, "The network is not trained yet: press Train.");
      if (again) read();
      break;
    }
    case "failed":
      showTrouble(report.message);
      if (data === "") show("opening", "There is no training data.");
      else show("ready", "The run ended with an error.");
      break;
    default:
      report satisfies never;
  }
}

worker.addEventListener("message", ({ data }: MessageEvent<Report>) => hear(data));
worker.addEventListener("error", ({ message }) => showTrouble(message || "The training worker could not be started."));

listen({
  choose: ({ network }) => showSources(network),
  train(choice) {
    clearFigures();
    show(
      "training",
      `Training the ${choice.network.toUpperCase()} on the ${choice.device === "cpu" ? "CPU" : "GPU"} with ${data}.`,
    );
    ask({ type: "train", choice });
  },
  stop: () => ask({ type: "stop" }),
  continue() {
    show("training", "Training continues.");
    ask({ type: "continue" });
  },
});
clearFigures();
showProbabilities(null, "Nothing is drawn yet.");
ask({ type: "open", mnist: new URL("mnist/", document.baseURI).href });
