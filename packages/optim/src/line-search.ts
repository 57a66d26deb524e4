/**
 * A line search for the strong Wolfe conditions: a step length with sufficient decrease of the loss and sufficiently
 * small slope. Nocedal & Wright 2006, "Numerical optimization", algorithms 3.5 and 3.6, with PyTorch's safeguards.
 */

/** A point on the line: its step length, and the loss, gradient and directional derivative there. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly slope: number;
}

const [decrease, flatness, patience] = [1e-4, 0.9, 25];

/** Returns the minimum of the cubic that interpolates two points and their slopes, clamped to the bounds. */
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
 * Searches along a line. It is a generator because evaluation is: it yields whatever `at` yields.
 *
 * @param at evaluates the loss at a step length.
 * @param start the point at step length 0.
 * @param length the first step length to try.
 * @param size the largest absolute value of the direction.
 * @param tolerance the smallest change of a parameter that matters.
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

  // Phase 1: extend the step until an interval is known to contain an acceptable point.
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

  // Phase 2: narrow the interval down.
  let stuck = false;
  let [low, high] = bracket[0].loss <= bracket[1].loss ? bracket : [bracket[1], bracket[0]];
  while (rounds < patience) {
    if (Math.abs(high.t - low.t) * size < tolerance) break;
    const [left, right] = [Math.min(low.t, high.t), Math.max(low.t, high.t)];
    let t = cubicMinimum(low, high);
    const margin = 0.1 * (right - left);
    if (Math.min(right - t, t - left) < margin) {
      // Close to an end for the second time, or beyond it: move away from the end, as no progress is to be expected.
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
