// A bad network: what goes wrong in the fakes, for everybody who uses this demo.

import { get, post } from "./api.js";
import { $, make } from "./dom.js";

const TROUBLES = [
  ["delay", "Delay", "Everything takes two seconds longer, both ways."],
  ["lose", "Lose", "Every third message never comes; some hops and screens neither."],
  ["duplicate", "Duplicate", "Each hop, message and report comes twice."],
  ["reorder", "Reorder", "Messages overtake each other; reports come last one first."],
  ["down", "Provider down", "Nobody takes what is sent, and no hop comes through."],
  ["throttled", "Too many requests (429)", "What is sent is refused for now."],
  ["unknown_sender", "Unknown sender (402)", "Texts are refused: nobody knows who sends."],
];

export class BadNetwork {
  /** `onError(error)` when it cannot be said or read. */
  constructor({ onError }) {
    this.onError = onError;
    this.boxes = new Map(TROUBLES.map(([name]) => [name, make("input", { type: "checkbox", name })]));
    $("troubles").replaceChildren(...TROUBLES.map(([name, label, what]) =>
      make("label", { class: "trouble" }, this.boxes.get(name),
        make("span", {}, make("b", {}, label), make("small", {}, what)))));
    for (const box of this.boxes.values()) box.addEventListener("change", () => this.set(this.chosen));
    $("network-reset").addEventListener("click", () => this.set([]));
  }

  get chosen() {
    return [...this.boxes].filter(([, box]) => box.checked).map(([name]) => name);
  }

  async set(troubles) {
    await this.ask(post("network", { network: troubles }));
  }

  async look() {
    await this.ask(get("network"));
  }

  async ask(answer) {
    try {
      const { network } = await answer;
      for (const [name, box] of this.boxes) box.checked = network.includes(name);
      $("network-state").textContent = network.length ? "bad" : "good";
      $("network-state").dataset.state = network.length ? "failed" : "open";
      $("network-reset").disabled = !network.length;
    } catch (error) {
      this.onError(error);
    }
  }
}
