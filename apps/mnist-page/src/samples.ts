/** Some images of the test set, each with what the network takes it for at the moment. */

import { SIDE } from "./centre.ts";
import { drawDigit, likeliest } from "./digit-image.ts";
import { element, made } from "./element.ts";

const list = element("samples", HTMLUListElement);
const score = element("score", HTMLElement);
let truths: Uint8Array = new Uint8Array(0);
let items: { readonly item: HTMLElement; readonly canvas: HTMLElement; readonly reading: HTMLElement }[] = [];

/** Shows the images, unread. */
export function showSamples(pixels: Uint8Array, digits: Uint8Array): void {
  truths = digits;
  items = Array.from(digits, (truth, i) => {
    const item = made("li");
    const canvas = made("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `a ${truth}, not read yet`);
    drawDigit(canvas, pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
    const reading = made("span", "reading", "·");
    reading.setAttribute("aria-hidden", "true");
    item.append(canvas, reading);
    return { item, canvas, reading };
  });
  list.replaceChildren(...items.map(({ item }) => item));
}

/** Shows what each is read as. */
export function showReadings(probabilities: Float32Array): void {
  let right = 0;
  items.forEach(({ item, canvas, reading }, i) => {
    const { digit } = likeliest(probabilities, 10 * i);
    const isRight = digit === truths[i];
    if (isRight) right++;
    item.className = isRight ? "right" : "wrong";
    const text = `${digit} ${isRight ? "✓" : "✗"}`;
    if (reading.textContent !== text) {
      reading.textContent = text;
      canvas.setAttribute("aria-label", `a ${truths[i]}, read as ${digit}: ${isRight ? "right" : "wrong"}`);
    }
  });
  score.textContent = `${right} of these ${items.length} are read right (✓), ${items.length - right} wrong (✗).`;
}
