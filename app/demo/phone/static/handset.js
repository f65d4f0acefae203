// What the handset shows.

import { $, make } from "./dom.js";
import { spaced } from "./cast.js";

const PROBLEM = "Connection problem or invalid MMI code.";

export class Handset {
  /** The idle screen: whose phone this is. */
  home({ from, person }) {
    const lines = person
      ? [make("strong", {}, person.name), make("span", {}, spaced(from)),
         make("span", { class: "faint" }, person.pin ? `PIN ${person.pin}` : "not registered yet")]
      : [make("strong", {}, spaced(from) || "No number"), make("span", { id: "stranger" }, from ? "a stranger" : "Pick a person")];
    this.show("", "home");
    $("screen").replaceChildren(make("div", {}, ...lines));
    this.title("Piga demo");
    this.entry("Dial");
    this.soft("Call", "Clear");
    this.meter(0, 160, "septets");
  }

  /** The idle screen of a number that has registered: it is somebody by now. */
  registered(names) {
    const line = $("stranger");
    if (line && names.length) line.textContent = names.join(", ");
  }

  /** A hop's outcome. */
  hop(told, service) {
    if (told.state === "failed") this.show(`${PROBLEM}\n\n${told.why}`, "dim");
    else this.show(told.why ?? told.screen);
    this.title(service);
    this.meter(told.used, told.room, told.unit);
    if (told.state === "open") {
      const secret = /\bPIN/i.test(told.screen) ? "PIN" : "Code";
      this.entry(told.secret ? secret : "Reply", told.secret);
      this.soft("OK", "Cancel");
    } else {
      this.entry(null);
      this.soft("Redial", "Close");
    }
  }

  /** While nothing has come back yet. */
  waiting() {
    this.show("USSD code running...", "dim");
    this.entry(null);
    this.soft("", "");
  }

  show(text, kind = "") {
    const screen = $("screen");
    screen.className = `screen ${kind}`;
    screen.replaceChildren(text);
    screen.scrollTop = 0;
  }

  title(text) { $("bar-title").textContent = text; }

  entry(label, secret = false) {
    $("entry").hidden = label === null;
    $("input-label").textContent = label ?? "";
    const input = $("input");
    input.classList.toggle("secret", secret);
    input.inputMode = label === "Dial" ? "tel" : secret ? "numeric" : "text";
    input.value = "";
  }

  soft(left, right) {
    $("soft-left").textContent = left;
    $("soft-right").textContent = right;
    $("call-label").textContent = left || "…";
    $("call").setAttribute("aria-label", left || "Wait");
    $("end-label").textContent = right || "…";
    $("end").setAttribute("aria-label", right || "Wait");
  }

  meter(used, room, unit) {
    $("meter-text").textContent = `${used}/${room} ${unit}`;
    $("meter-fill").style.width = `${Math.min(100, (100 * used) / room)}%`;
    $("meter").classList.toggle("over", used > room);
  }

  network(up) {
    const signal = $("signal");
    signal.toggleAttribute("data-down", !up);
    signal.setAttribute("aria-label", up ? "Network" : "No network");
  }

  unread(count) {
    $("bar-mail").hidden = !count;
    $("bar-mail").textContent = count;
    $("bar-mail").setAttribute("aria-label", `Show the messages, ${count} new`);
  }
}
