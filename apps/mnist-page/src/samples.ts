/** Shows some images of the test set with the network's current predictions. */

import { SIDE } from "./center.ts";
import { drawDigit, likeliest } from "./digit-image.ts";
import { element, made } from "./element.ts";

const list = element("samples", HTMLUListElement);
const score = element("score", HTMLElement);
let truths: Uint8Array = new Uint8Array(0);
let items: { readonly item: HTMLElement; readonly canvas: HTMLElement; readonly reading: HTMLElement }[] = [];

/** Shows the images without predictions. */
export function showSamples(pixels: Uint8Array, digits: Uint8Array): void {
  truths = digits;
  items = Array.from(digits, (truth, i) => {
    const item = made("li");
    const canvas = made("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `digit ${truth}, not classified yet`);
    drawDigit(canvas, pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
    const reading = made("span", "reading", "·");
    reading.setAttribute("aria-hidden", "true");
    item.append(canvas, reading);
    return { item, canvas, reading };
  });
  list.replaceChildren(...items.map(({ item }) => item));
}

/** Shows the prediction for each image. */
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
      canvas.setAttribute("aria-label", `digit ${truths[i]}, classified as ${digit}: ${isRight ? "right" : "wrong"}`);
    }
  });
  score.textContent = `${right} of ${items.length} are classified correctly (✓), ${items.length - right} incorrectly (✗).`;
}
