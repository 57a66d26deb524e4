/** Measures the speed of training over the last one and a half seconds. */

/** Length of the measured interval in milliseconds. */
const SPAN = 1500;

/** Counts processed images. Times are in milliseconds. */
export class Pace {
  #marks: { readonly time: number; readonly images: number }[] = [];

  /** Starts a new measurement, for example after a pause. */
  start(time: number): void {
    this.#marks = [{ time, images: 0 }];
  }

  /** Records that further images have been processed. */
  add(images: number, time: number): void {
    this.#marks.push({ time, images });
    while (this.#marks.length > 2 && (this.#marks[1]?.time ?? time) < time - SPAN) this.#marks.shift();
  }

  /** Images per second; 0 before the first ones. */
  get imagesPerSecond(): number {
    const [first, ...rest] = this.#marks;
    const last = rest.at(-1);
    if (first === undefined || last === undefined || last.time <= first.time) return 0;
    return (1000 * rest.reduce((sum, { images }) => sum + images, 0)) / (last.time - first.time);
  }
}
