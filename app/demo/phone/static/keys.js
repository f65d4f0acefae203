// The keypad, and the computer's keyboard in its place.

import { $, make } from "./dom.js";

const LETTERS = {
  1: ".,'-", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz",
  "*": "*", 0: " 0", "#": "#",
};
const SAME_KEY_WITHIN_MS = 900;
const SCROLL_PX = 42;

export class Keys {
  /** `onType()` after a key changed the input; `onCall`, `onEnd` for the green and the red key. */
  constructor({ onType, onCall, onEnd }) {
    this.onType = onType;
    this.letters = false;
    this.last = { key: "", at: 0, turn: 0 };
    this.input = $("input");
    const order = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
    $("digits").replaceChildren(...order.map((key) => this.button(key)));
    $("call").addEventListener("click", onCall);
    $("end").addEventListener("click", onEnd);
    $("erase").addEventListener("click", () => {
      this.input.value = [...this.input.value].slice(0, -1).join("");
      this.last.key = "";
    });
    $("mode").addEventListener("click", () => this.switch(!this.letters));
    document.addEventListener("keydown", (event) => this.down(event, onCall, onEnd));
  }

  button(key) {
    const small = key === "0" ? "␣" : /[2-9]/.test(key) ? LETTERS[key] : "";
    const button = make("button", { type: "button", class: "key", "aria-label": key, "data-key": key },
      make("b", {}, key), make("small", { "aria-hidden": "true" }, small.toUpperCase()));
    button.addEventListener("click", () => this.press(key));
    return button;
  }

  switch(letters) {
    this.letters = letters;
    this.last.key = "";
    $("mode").textContent = letters ? "abc" : "123";
    $("mode").setAttribute("aria-label",
      letters ? "Keys type letters; switch to digits" : "Keys type digits; switch to letters");
  }

  /** A key of the pad: a digit, or in letters mode the next letter of the same key. */
  press(key) {
    this.onType();
    const { last, input } = this;
    if (!this.letters) {
      input.value += key;
      return;
    }
    const now = performance.now();
    const again = last.key === key && now - last.at < SAME_KEY_WITHIN_MS;
    const turn = again ? last.turn + 1 : 0;
    const letters = LETTERS[key] + (/[1-9]/.test(key) ? key : "");
    const kept = again ? input.value.slice(0, -1) : input.value;
    const letter = letters[turn % letters.length];
    // A name begins with a capital, as every handset has it.
    input.value = kept + (/^$| $/.test(kept) ? letter.toUpperCase() : letter);
    this.last = { key, at: now, turn };
  }

  down(event, onCall, onEnd) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = event.target;
    // In a chat, and among the tabs and faults, keys are the browser's.
    if (at.closest?.(".chat, .tabs, .troubles")) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onEnd();
      return;
    }
    const elsewhere = at instanceof HTMLInputElement && at.type !== "radio" && at !== this.input;
    if (elsewhere) return;
    if (event.key === "Enter" && (at === this.input || !at.closest("button, summary, a"))) {
      event.preventDefault();
      if (!event.repeat) onCall();
      return;
    }
    if (event.key === "Backspace" && at !== this.input) {
      $("erase").click();
      return;
    }
    if (at === this.input && /^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      $("screen").scrollBy(0, event.key === "ArrowUp" ? -SCROLL_PX : SCROLL_PX);
    }
    if (event.key.length !== 1 || (event.key === " " && at !== this.input)) return;
    this.onType();
    const key = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (key) {
      key.classList.add("pressed");
      setTimeout(() => key.classList.remove("pressed"), 110);
    }
    // Focused before its default action, so the character lands in the input.
    if (at !== this.input) this.input.focus({ preventScroll: true });
  }
}
