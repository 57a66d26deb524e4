/**
 * The losses of a run, however long, in a number of points that can be drawn many times a second: when there are too
 * many, each two become their mean, and so does what comes after.
 */

import type { LossPoint } from "@akari/app-mnist/chart";

/** Losses over steps. */
export class LossCurve {
  readonly #most: number;
  #points: LossPoint[] = [];
  /** How many readings a point stands for. */
  #stride = 1;
  #waiting: LossPoint[] = [];

  /** At most `most` points, an even number. */
  constructor(most = 400) {
    this.#most = most;
  }

  /** The points, in the order of their steps; the last one is of the readings that are there so far. */
  get points(): readonly LossPoint[] {
    return this.#waiting.length === 0 ? this.#points : [...this.#points, mean(this.#waiting)];
  }

  /** A loss was read. One that is no number is left out: its mean with others would be none, either. */
  add(reading: LossPoint): void {
    if (!Number.isFinite(reading.loss)) return;
    this.#waiting.push(reading);
    if (this.#waiting.length < this.#stride) return;
    this.#points.push(mean(this.#waiting));
    this.#waiting = [];
    if (this.#points.length < this.#most) return;
    const pairs = Array.from({ length: this.#most / 2 }, (_, i) => this.#points.slice(2 * i, 2 * i + 2));
    this.#points = pairs.map(mean);
    this.#stride *= 2;
  }
}

/** The mean loss, at the last step. */
function mean(points: readonly LossPoint[]): LossPoint {
  const loss = points.reduce((sum, point) => sum + point.loss, 0) / points.length;
  return { step: points.at(-1)?.step ?? 0, loss };
}
