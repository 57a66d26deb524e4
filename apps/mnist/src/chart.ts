/**
 * Draws the loss curve as SVG: the single losses as a faint line, and their running mean as a strong one. The loss axis
 * is logarithmic, because the loss changes little after the steep drop at the start of a run.
 */

/** The loss after `step` steps. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** Size of the drawing in SVG units; its text has a size of 12. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 56, right: 16, top: 16, bottom: 40 };

/**
 * Draws the losses over the steps.
 *
 * @param points in the order of their steps. Losses that are not finite and positive are omitted.
 */
export function lossChart(points: readonly LossPoint[], { width, height }: Size = { width: 760, height: 300 }): string {
  const shown = points.filter(({ loss }) => Number.isFinite(loss) && loss > 0);
  const last = shown.at(-1);
  if (last === undefined) return "<p>No loss was recorded.</p>";
  const lowest = Math.min(...shown.map(({ loss }) => loss));
  const highest = Math.max(...shown.map(({ loss }) => loss));
  const x = (step: number): number => MARGIN.left + (step / last.step) * (width - MARGIN.left - MARGIN.right);
  const bottom = Math.log(lowest / 1.1);
  const top = Math.log(highest * 1.1);
  const y = (loss: number): number =>
    MARGIN.top + ((top - Math.log(loss)) / (top - bottom)) * (height - MARGIN.top - MARGIN.bottom);
  const line = (of: readonly LossPoint[]): string =>
    of.map(({ step, loss }) => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");

  const rules = lossTicks(lowest / 1.1, highest * 1.1).map(
    (loss) =>
      `<line class="rule" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${y(loss)}" y2="${y(loss)}"/>` +
      `<text x="${MARGIN.left - 8}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`,
  );
  const marks = stepTicks(last.step).map(
    (step) => `<text x="${x(step)}" y="${height - MARGIN.bottom + 18}" text-anchor="middle">${step}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Training loss over the steps, from ${highest.toFixed(3)} to ${last.loss.toFixed(3)}">
${rules.join("\n")}
${marks.join("\n")}
<text x="${(width + MARGIN.left) / 2}" y="${height - 4}" text-anchor="middle">step</text>
<polyline class="faint" points="${line(shown)}"/>
<polyline class="strong" points="${line(runningMean(shown))}"/>
</svg>`;
}

/** Computes the exponential moving average of the losses, with a half-life of a thirtieth of the run. */
function runningMean(points: readonly LossPoint[]): LossPoint[] {
  const keep = 0.5 ** (1 / Math.max(1, points.length / 30));
  let sum = 0;
  let weight = 0;
  return points.map(({ step, loss }) => {
    sum = keep * sum + loss;
    weight = keep * weight + 1;
    return { step, loss: sum / weight };
  });
}

/** Returns the values 1, 2 and 5 times a power of ten within a range, or only the powers if there would be many. */
function lossTicks(from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const leading of [1, 2, 5]) ticks.push(Number(`${leading}e${power}`));
  }
  const inside = ticks.filter((tick) => tick >= from && tick <= to);
  return inside.length > 9 ? inside.filter((tick) => Number.isInteger(Math.log10(tick))) : inside;
}

/** Returns about six round numbers of steps from 0 to `last`. */
function stepTicks(last: number): number[] {
  const rough = last / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = Math.max(
    1,
    [1, 2, 5, 10].map((leading) => leading * power).find((candidate) => candidate >= rough) ?? rough,
  );
  return Array.from({ length: Math.floor(last / size) + 1 }, (_, index) => index * size);
}
