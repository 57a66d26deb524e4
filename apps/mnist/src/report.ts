/**
 * Creates `report.html`, a page about a run. Styles, loss curve and images are embedded, so the page can be sent,
 * archived or opened without a network.
 */

import { type LossPoint, lossChart } from "./chart.ts";
import { pngAddress } from "./png.ts";
import { duration, thousands } from "./progress.ts";

/** The data of a report. */
export interface Run {
  /** Facts for the top of the page, by label: model, data, training, device. */
  readonly facts: Readonly<Record<string, string>>;
  readonly losses: readonly LossPoint[];
  readonly accuracy: number;
  readonly loss: number;
  readonly seconds: number;
  readonly tested: Tested;
}

/** The results of the network on the test images. */
export interface Tested {
  /** Pixels: `[N, 28, 28]` bytes. */
  readonly images: Uint8Array;
  readonly labels: ArrayLike<number>;
  /** The class with the highest probability for each image. */
  readonly predictions: ArrayLike<number>;
  /** The cross-entropy of each image. */
  readonly losses: ArrayLike<number>;
}

const SIDE = 28;
const WORST = 40;

/** Returns the page as HTML. */
export function reportPage(run: Run): string {
  const wrong = worstMistakes(run.tested);
  const count = run.tested.labels.length;
  const mistakes = Math.round((1 - run.accuracy) * count);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Akari on handwritten digits: ${percent(run.accuracy)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${percent(run.accuracy)} <small>of ${thousands(count)} test images classified correctly</small></h1>
<dl>
${Object.entries({ ...run.facts, "test loss": run.loss.toFixed(4), time: duration(run.seconds) })
  .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`)
  .join("\n")}
</dl>
<h2>Training loss</h2>
${lossChart(run.losses)}
<h2>Confusion matrix</h2>
${confusionTable(confusion(run.tested))}
<h2>Worst mistakes</h2>
<p>${mistakes === 0 ? "There are none." : `${mistakes} ${mistakes === 1 ? "image was" : "images were"} misclassified. Those with the highest loss are shown.`}</p>
<div class="mistakes">
${wrong.map((index) => mistake(run.tested, index)).join("\n")}
</div>
</body>
</html>
`;
}

/** Counts how often each digit (row) was classified as each digit (column). */
export function confusion({ labels, predictions }: Tested): number[][] {
  const counts = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i] as number];
    const column = predictions[i] as number;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  return counts;
}

/** Returns the indices of misclassified images, those with the highest loss first. */
export function worstMistakes({ labels, predictions, losses }: Tested, most: number = WORST): number[] {
  const wrong: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] !== predictions[i]) wrong.push(i);
  return wrong.sort((a, b) => (losses[b] as number) - (losses[a] as number)).slice(0, most);
}

function confusionTable(counts: readonly (readonly number[])[]): string {
  const digits = counts.map((_, digit) => digit);
  const most = Math.max(1, ...counts.flatMap((row, truth) => row.filter((_, read) => read !== truth)));
  const cell = (count: number, truth: number, read: number): string => {
    const share = truth === read ? 0 : Math.sqrt(count / most);
    const kind = truth === read ? "right" : "wrong";
    return `<td class="${kind}" style="--share:${share.toFixed(2)}" title="${count} × ${truth} classified as ${read}">${count === 0 ? "" : count}</td>`;
  };
  return `<table>
<thead><tr><td></td>${digits.map((read) => `<th scope="col">predicted ${read}</th>`).join("")}</tr></thead>
<tbody>
${counts.map((row, truth) => `<tr><th scope="row">label ${truth}</th>${row.map((count, read) => cell(count, truth, read)).join("")}</tr>`).join("\n")}
</tbody>
</table>`;
}

function mistake({ images, labels, predictions, losses }: Tested, index: number): string {
  const pixels = images.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
  const truth = labels[index];
  const read = predictions[index];
  const likelihood = Math.exp(-(losses[index] as number));
  return `<figure><img src="${pngAddress(pixels, SIDE, SIDE)}" width="84" height="84" alt="digit ${truth} classified as ${read}">
<figcaption><b>${truth}</b> classified as <b>${read}</b><br><small>test image ${index}; probability of ${truth}: ${percent(likelihood)}</small></figcaption></figure>`;
}

/** Formats a fraction as a percentage, with more digits below 0.1 %. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.001 ? 4 : 2)} %`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e8eaed); --faint: light-dark(#8b949e, #80868f); --rule: light-dark(#e4e7eb, #33383e);
  --right: light-dark(#dff3e4, #17351f); --wrong: 214 69 65; --line: light-dark(#c2410c, #fb923c); }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #15181b); max-width: 760px; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 2.4rem; margin: 0 0 .5rem; } h1 small { font-size: 1rem; font-weight: normal; color: var(--faint); } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
dl { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: 0; } dt { font-size: .75rem; color: var(--faint); } dd { margin: 0; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--faint); } svg .rule { stroke: var(--rule); }
svg polyline { fill: none; stroke: var(--line); stroke-linejoin: round; } svg .faint { stroke-width: 1; opacity: .3; } svg .strong { stroke-width: 2; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-variant-numeric: tabular-nums; } th { font-weight: normal; font-size: .75rem; color: var(--faint); padding: .25rem; }
td { text-align: right; padding: .25rem .45rem; border: 1px solid var(--rule); } thead td { border: 0; } td.right { background: var(--right); }
td.wrong { background: rgb(var(--wrong) / calc(var(--share) * .75)); }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 1rem; }
figure { margin: 0; font-size: .85rem; line-height: 1.3; } figure small { color: var(--faint); } img { image-rendering: pixelated; display: block; margin-bottom: .3rem; }
`;
