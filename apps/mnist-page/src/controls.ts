/** The choice of network and device, and the buttons: the first one is Train, Stop or Continue, as it fits. */

import { element, made } from "./element.ts";
import type { Choice, Gpu } from "./messages.ts";

/** What a run is doing. */
export type State = "opening" | "ready" | "training" | "stopped";

const form = element("controls", HTMLFormElement);
const go = element("go", HTMLButtonElement);
const anew = element("anew", HTMLButtonElement);
const status = element("status", HTMLElement);
const trouble = element("trouble", HTMLElement);
const reason = element("webgpu-reason", HTMLElement);

let state: State = "opening";
let trained: Choice | null = null;

/** Calls back with what is chosen, at first and whenever it changes, and when a button is pressed. */
export function listen(on: {
  choose: (choice: Choice) => void;
  train: (choice: Choice) => void;
  stop: () => void;
  continue: () => void;
}): void {
  const train = (): void => {
    trained = choice();
    showTrouble("");
    on.train(trained);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (state === "training") on.stop();
    else if (state === "stopped" && isSame()) on.continue();
    else if (state !== "opening") train();
  });
  anew.addEventListener("click", train);
  form.addEventListener("change", () => {
    show(state);
    on.choose(choice());
  });
  on.choose(choice());
}

/** What is chosen. */
function choice(): Choice {
  const is = (value: string): boolean => form.querySelector(`input[value=${value}]:checked`) !== null;
  return { network: is("cnn") ? "cnn" : "mlp", device: is("webgpu") ? "webgpu" : "cpu" };
}

function isSame(): boolean {
  const { network, device } = choice();
  return trained?.network === network && trained.device === device;
}

/** The buttons for a state, and a sentence for it. */
export function show(next: State, sentence?: string): void {
  state = next;
  go.disabled = state === "opening";
  for (const choices of form.querySelectorAll("fieldset")) choices.disabled = state === "training";
  // Another choice means another network: there is nothing to continue.
  const words = { opening: "Train", ready: "Train", training: "Stop", stopped: isSame() ? "Continue" : "Train" };
  go.textContent = words[state];
  anew.disabled = trained === null;
  if (sentence !== undefined) status.textContent = sentence;
}

/** What there is to choose. */
export function showDevices(cpu: string, webgpu: Gpu): void {
  element("cpu-note", HTMLElement).textContent = cpu;
  const note = element("webgpu-note", HTMLElement);
  const radio = form.querySelector<HTMLInputElement>("input[value=webgpu]");
  if ("reason" in webgpu) {
    note.textContent = "not available";
    reason.replaceChildren(made("b", "", "No WebGPU here. "), webgpu.reason);
    reason.hidden = false;
  } else {
    note.textContent = webgpu.note;
    if (radio !== null) radio.disabled = false;
  }
}

/** Says that something went wrong, until a new run begins. */
export function showTrouble(message: string): void {
  trouble.textContent = message;
  trouble.hidden = message === "";
}
