/** The ten probabilities of the digit that was written. */

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

/** Shows ten probabilities; for null, a text instead. */
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
    answer.append(
      "This is a ",
      made("b", "", String(best.digit)),
      `, says the network: ${certainty(best.probability)} sure.`,
    );
}

/** A probability in percent; nothing is quite certain. */
function certainty(probability: number): string {
  return probability > 0.995 ? "> 99 %" : percent(probability);
}
