/**
 * A line search that finds a length of a move with a sufficient decrease of the loss and a sufficiently flat slope: the
 * strong Wolfe conditions. Nocedal & Wright 2006, "Numerical optimization", algorithms 3.5 and 3.6, with PyTorch's
 * safeguards.
 */

/** A place on the line: how far along, the loss there, its gradient, and its slope in the direction of the line. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly slope: number;
}

const [decrease, flatness, patience] = [1e-4, 0.9, 25];

/** The lowest point of the cubic through two points with slopes, kept within bounds. */
function cubicMinimum(a: Point, b: Point, low = Math.min(a.t, b.t), high = Math.max(a.t, b.t)): number {
  const [first, second] = a.t <= b.t ? [a, b] : [b, a];
  const d1 = first.slope + second.slope - (3 * (first.loss - second.loss)) / (first.t - second.t);
  const square = d1 * d1 - first.slope * second.slope;
  if (square < 0) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const lowest = second.t - (second.t - first.t) * ((second.slope + d2 - d1) / (second.slope - first.slope + 2 * d2));
  return Math.min(Math.max(lowest, low), high);
}

/**
 * Searches along a line. A generator, since evaluating is one: what it yields is whatever `at` has to wait for.
 *
 * @param at evaluates the loss at a distance. @param start the point at distance 0. @param length the distance to try
 * first.
 * @param size the largest element of the direction. @param tolerance the smallest change of a parameter that counts.
 */
export function* searchStrongWolfe<Wait, Answer>(
  at: (t: number) => Generator<Wait, Point, Answer>,
  start: Point,
  length: number,
  size: number,
  tolerance: number,
): Generator<Wait, { readonly point: Point; readonly evaluations: number }, Answer> {
  let evaluations = 1;
  let current = yield* at(length);
  const tooHigh = (point: Point) => point.loss > start.loss + decrease * point.t * start.slope;
  const flat = (point: Point) => Math.abs(point.slope) <= -flatness * start.slope;

  // Go on until the lowest point must lie between two points.
  let before = start;
  let bracket: [Point, Point] | null = null;
  let rounds = 0;
  for (; rounds < patience; rounds++) {
    if (tooHigh(current) || (rounds > 1 && current.loss >= before.loss)) {
      bracket = [before, current];
      break;
    }
    if (flat(current)) return { point: current, evaluations };
    if (current.slope >= 0) {
      bracket = [before, current];
      break;
    }
    const t = cubicMinimum(before, current, current.t + 0.01 * (current.t - before.t), current.t * 10);
    before = current;
    current = yield* at(t);
    evaluations++;
  }
  bracket ??= [start, current];

  // Narrow it down.
  let stuck = false;
  let [low, high] = bracket[0].loss <= bracket[1].loss ? bracket : [bracket[1], bracket[0]];
  while (rounds < patience) {
    if (Math.abs(high.t - low.t) * size < tolerance) break;
    const [left, right] = [Math.min(low.t, high.t), Math.max(low.t, high.t)];
    let t = cubicMinimum(low, high);
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) < margin) {
      // So close to an end twice, or beyond it, no progress is to be expected: a step away from the end.
      if (stuck || t >= right || t <= left) {
        t = Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin;
        stuck = false;
      } else {
        stuck = true;
      }
    } else {
      stuck = false;
    }
    current = yield* at(t);
    evaluations++;
    rounds++;
    if (tooHigh(current) || current.loss >= low.loss) {
      high = current;
      if (high.loss < low.loss) [low, high] = [high, low];
    } else {
      if (flat(current)) return { point: current, evaluations };
      if (current.slope * (high.t - low.t) >= 0) high = low;
      low = current;
    }
  }
  return { point: low, evaluations };
}
