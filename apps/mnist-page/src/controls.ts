/** The choice of network and device, and the buttons. The first button is Train, Stop or Continue. */

import { element, made } from "./element.ts";
import type { Choice, Gpu } from "./messages.ts";

/** The state of the page. */
export type State = "opening" | "ready" | "training" | "stopped";

const form = element("controls", HTMLFormElement);
const go = element("go", HTMLButtonElement);
const anew = element("anew", HTMLButtonElement);
const status = element("status", HTMLElement);
const trouble = element("trouble", HTMLElement);
const reason = element("webgpu-reason", HTMLElement);

let state: State = "opening";
let trained: Choice | null = null;

/** Registers callbacks for the choice, initially and when it changes, and for the buttons. */
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

/** Returns the current choice. */
function choice(): Choice {
  const is = (value: string): boolean => form.querySelector(`input[value=${value}]:checked`) !== null;
  return { network: is("cnn") ? "cnn" : "mlp", device: is("webgpu") ? "webgpu" : "cpu" };
}

function isSame(): boolean {
  const { network, device } = choice();
  return trained?.network === network && trained.device === device;
}

/** Shows the buttons for a state, and a sentence about it. */
export function show(next: State, sentence?: string): void {
  state = next;
  go.disabled = state === "opening";
  for (const choices of form.querySelectorAll("fieldset")) choices.disabled = state === "training";
  // A different choice requires a new network, so the run cannot be continued.
  const words = { opening: "Train", ready: "Train", training: "Stop", stopped: isSame() ? "Continue" : "Train" };
  go.textContent = words[state];
  anew.disabled = trained === null;
  if (sentence !== undefined) status.textContent = sentence;
}

/** Shows the available devices. */
export function showDevices(cpu: string, webgpu: Gpu): void {
  element("cpu-note", HTMLElement).textContent = cpu;
  const note = element("webgpu-note", HTMLElement);
  const radio = form.querySelector<HTMLInputElement>("input[value=webgpu]");
  if ("reason" in webgpu) {
    note.textContent = "not available";
    reason.replaceChildren(made("b", "", "WebGPU is not available. "), webgpu.reason);
    reason.hidden = false;
  } else {
    note.textContent = webgpu.note;
    if (radio !== null) radio.disabled = false;
  }
}

/** Shows an error until a new run starts. */
export function showTrouble(message: string): void {
  trouble.textContent = message;
  trouble.hidden = message === "";
}
