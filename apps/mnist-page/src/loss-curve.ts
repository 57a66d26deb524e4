/**
 * The losses of a run of any length, reduced to a number of points that can be drawn many times a second. When there
 * are too many points, each pair is replaced by its mean, and later points average twice as many losses.
 */

import type { LossPoint } from "@akari/app-mnist/chart";

/** Losses over steps. */
export class LossCurve {
  readonly #most: number;
  #points: LossPoint[] = [];
  /** Number of losses per point. */
  #stride = 1;
  #waiting: LossPoint[] = [];

  /** @param most maximum number of points, an even number. */
  constructor(most = 400) {
    this.#most = most;
  }

  /** The points in order of their steps. The last one may average fewer losses than the others. */
  get points(): readonly LossPoint[] {
    return this.#waiting.length === 0 ? this.#points : [...this.#points, mean(this.#waiting)];
  }

  /** Adds a loss. Losses that are not finite are omitted, since their means would not be finite either. */
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

/** Returns the mean loss, at the last step. */
function mean(points: readonly LossPoint[]): LossPoint {
  const loss = points.reduce((sum, point) => sum + point.loss, 0) / points.length;
  return { step: points.at(-1)?.step ?? 0, loss };
}
