/** Shows the progress of training: its numbers, the loss curve, and the accuracy after each epoch. */

import { lossChart } from "@akari/app-mnist/chart";
import { eachFrame, element, made, percent } from "./element.ts";
import { LossCurve } from "./loss-curve.ts";
import type { Progress } from "./messages.ts";

const speed = element("speed", HTMLElement);
const epoch = element("epoch", HTMLElement);
const step = element("step", HTMLElement);
const loss = element("loss", HTMLElement);
const accuracy = element("accuracy", HTMLElement);
const chart = element("curve", HTMLElement);
const epochs = element("epochs", HTMLOListElement);

let curve = new LossCurve();
const drawCurve = eachFrame(() => {
  if (curve.points.length === 0) chart.replaceChildren(made("p", "empty", "The curve starts with the first step."));
  else chart.innerHTML = lossChart(curve.points, { width: chart.clientWidth, height: chart.clientHeight });
});
new ResizeObserver(drawCurve).observe(chart);

/** Resets the display for a new run. */
export function clearFigures(): void {
  curve = new LossCurve();
  for (const figure of [speed, epoch, step, loss, accuracy]) figure.textContent = "–";
  epochs.replaceChildren();
  drawCurve();
}

/** Shows the progress of a run. */
export function showProgress(progress: Progress): void {
  for (const reading of progress.losses) curve.add(reading);
  speed.textContent =
    progress.imagesPerSecond === 0 ? "–" : Math.round(progress.imagesPerSecond).toLocaleString("en-US");
  epoch.textContent = String(progress.epoch);
  step.textContent = `${progress.step} / ${progress.steps}`;
  const last = progress.losses.at(-1);
  if (last !== undefined) loss.textContent = last.loss.toFixed(3);
  drawCurve();
}

/** Shows the test accuracy after an epoch. */
export function showAccuracy(number: number, share: number): void {
  accuracy.textContent = percent(share, 2);
  const item = made("li");
  item.append(made("span", "", String(number)), made("b", "", percent(share, 2)));
  epochs.append(item);
  epochs.scrollLeft = epochs.scrollWidth;
}
