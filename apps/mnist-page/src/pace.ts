/** The speed of training: images per second, over the last second or so. */

/** Over how many milliseconds. */
const SPAN = 1500;

/** Counts images as they are done. Times are in milliseconds. */
export class Pace {
  #marks: { readonly time: number; readonly images: number }[] = [];

  /** Starts to count; what came before, and the pause since, no longer matter. */
  start(time: number): void {
    this.#marks = [{ time, images: 0 }];
  }

  /** So many more images are done. */
  add(images: number, time: number): void {
    this.#marks.push({ time, images });
    while (this.#marks.length > 2 && (this.#marks[1]?.time ?? time) < time - SPAN) this.#marks.shift();
  }

  /** Images per second; 0 before there are any. */
  get imagesPerSecond(): number {
    const [first, ...rest] = this.#marks;
    const last = rest.at(-1);
    if (first === undefined || last === undefined || last.time <= first.time) return 0;
    return (1000 * rest.reduce((sum, { images }) => sum + images, 0)) / (last.time - first.time);
  }
}
