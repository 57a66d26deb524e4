/** Shows the probabilities of the ten classes for the drawn digit. */

import { likeliest } from "./digit-image.ts";
import { element, made, percent } from "./element.ts";

const answer = element("answer", HTMLOutputElement);
const bars = Array.from({ length: 10 }, (_, digit) => {
  const item = made("li");
  const track = made("span", "track");
  const bar = made("span", "bar");
  track.append(bar);
  const value = made("span", "value");
  item.append(made("span", "digit", String(digit)), track, value);
  return { item, bar, value };
});
element("bars", HTMLOListElement).replaceChildren(...bars.map(({ item }) => item));

/** Shows ten probabilities, or a text if `probabilities` is null. */
export function showProbabilities(probabilities: Float32Array | null, otherwise = ""): void {
  const best = probabilities === null ? null : likeliest(probabilities);
  bars.forEach(({ item, bar, value }, digit) => {
    const probability = probabilities?.[digit] ?? 0;
    item.classList.toggle("best", best?.digit === digit);
    item.dataset.probability = probabilities === null ? "" : String(probability);
    bar.style.inlineSize = `${100 * probability}%`;
    value.textContent = probabilities === null ? "" : certainty(probability);
  });
  answer.replaceChildren();
  if (best === null) answer.textContent = otherwise;
  else
    answer.append("Prediction: ", made("b", "", String(best.digit)), ` (probability ${certainty(best.probability)}).`);
}

/** Formats a probability as a percentage, which is never 100 %. */
function certainty(probability: number): string {
  return probability > 0.995 ? "> 99 %" : percent(probability);
}
