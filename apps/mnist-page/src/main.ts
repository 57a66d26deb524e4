/** The page: what the worker tells is shown, what is pressed and written goes to the worker. */

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

/** What there is to learn from. */
let data = "";
let written: Uint8Array | null = null;
/** One digit is read at a time, and then the newest: a slow device is not flooded. */
let reading: "nothing" | "one" | "one, and another after it" = "nothing";

function read(): void {
  if (written === null) {
    showProbabilities(null, "Nothing is written yet.");
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
      show("ready", `Ready to learn from ${data}.`);
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
      if (written !== null)
        showProbabilities(report.probabilities, "The network has learned nothing yet: press Train.");
      if (again) read();
      break;
    }
    case "failed":
      showTrouble(report.message);
      if (data === "") show("opening", "There is nothing to learn from.");
      else show("ready", "An error ended this run.");
      break;
    default:
      report satisfies never;
  }
}

worker.addEventListener("message", ({ data }: MessageEvent<Report>) => hear(data));
worker.addEventListener("error", ({ message }) =>
  showTrouble(message || "The worker that trains could not be started."),
);

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
    show("training", "Training goes on.");
    ask({ type: "continue" });
  },
});
clearFigures();
showProbabilities(null, "Nothing is written yet.");
ask({ type: "open", mnist: new URL("mnist/", document.baseURI).href });
