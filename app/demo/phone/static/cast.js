// Who calls what: the demo's services and people, or any number.

import { $, make } from "./dom.js";

const KEPT = "piga-phone";

/** 250788000101 as people read it: +250 788 000 101. */
export const spaced = (msisdn) =>
  msisdn.replace(/^\+(\d{3})(\d{3})(\d{3})(\d+)$/, "+$1 $2 $3 $4");

const named = (words) => words.replace(/_/g, "-");
const titled = (slug) => slug.charAt(0).toUpperCase() + slug.slice(1).replace(/-/g, " ");

export class Cast {
  /** `onChange({from, person, service})` when another person or service was picked. */
  constructor(onChange) {
    this.onChange = onChange;
    this.people = [];
    this.services = [];
    this.service = "";
    this.person = null;
    this.from = "";
    $("other").addEventListener("submit", (event) => {
      event.preventDefault();
      this.useNumber($("number").value);
    });
  }

  fill({ people, services, live }) {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const first = this.service || kept.service;
    this.people = people;
    this.services = services;
    this.live = live;
    $("services").replaceChildren(
      ...services.map(({ tenant, service }) => {
        const input = make("input", { type: "radio", name: "service", value: service });
        input.addEventListener("change", () => this.pickService(service));
        return make("label", { class: "pick" }, input,
          make("span", {}, make("b", {}, titled(tenant)), make("code", {}, service)));
      }),
    );
    if (!services.length) return;
    const demo = services.find(({ service }) => people.some((p) => p.service === service));
    const known = services.some(({ service }) => service === first);
    const from = this.from || kept.from;
    this.pickService(known ? first : (demo ?? services[0]).service, from);
  }

  pickService(service, from = "") {
    this.service = service;
    for (const input of $("services").querySelectorAll("input")) {
      input.checked = input.value === service;
    }
    const tenant = this.services.find((each) => each.service === service)?.tenant;
    $("live").hidden = !this.live.url || tenant !== this.live.tenant;
    $("live-stream").href = `${this.live.url}/sse/rates/`;
    $("live-socket").textContent = `${this.live.url.replace("http", "ws")}/ws/rates/`;
    const here = this.people.filter((person) => person.tenant === tenant);
    const roles = [...new Set(here.map((person) => person.role))];
    $("people").replaceChildren(...roles.flatMap((role) => [
      make("h3", {}, titled(named(role))),
      ...here.filter((person) => person.role === role).map((person) => this.row(person)),
    ]));
    if (!here.length) {
      $("people").append(make("p", { class: "empty" }, "No demo people here: type a number."));
    }
    const same = here.find((person) => person.msisdn === (from || this.from));
    if (same) this.pick(same);
    else if (from && !this.people.some((person) => person.msisdn === from)) this.useNumber(from);
    else if (here.length) this.pick(here.find((p) => p.language === "en" && p.pin) ?? here[0]);
    else this.changed();
  }

  row(person) {
    const input = make("input", { type: "radio", name: "person" });
    input.addEventListener("change", () => this.pick(person));
    input.addEventListener("click", () => this.toHandset());  // also of who is chosen already
    input.person = person;
    const pin = person.pin ? `PIN ${person.pin}` : "no PIN yet";
    return make("label", { class: "pick" }, input,
      make("span", {},
        make("span", { class: "pair" }, make("b", {}, person.name), make("span", { class: "pin" }, pin)),
        make("span", { class: "pair" },
          make("small", {}, spaced(person.msisdn)),
          make("small", {},
            ...person.special.map((word) => make("span", { class: "special" }, `${word} · `)),
            person.language))));
  }

  /** On a narrow window the handset is above: whoever was chosen wants to see it. */
  toHandset() {
    if (!matchMedia("(max-width: 44rem)").matches) return;
    // After the click, whose focus would scroll back.
    setTimeout(() => $("phones").scrollIntoView(), 0);
  }

  /** The time zone of the service's business: what its texts give times in. */
  get zone() {
    return this.here?.zone ?? "UTC";
  }

  get here() { return this.services.find((each) => each.service === this.service); }

  /** What the business is called, and the numbers that it can be written to at, by channel. */
  get business() { return titled(this.here?.tenant ?? ""); }

  get numbers() { return this.here?.numbers ?? {}; }

  pick(person) {
    this.person = person;
    this.from = person.msisdn;
    $("number").value = "";
    for (const input of $("people").querySelectorAll("input")) {
      input.checked = input.person === person;
      if (input.checked) {
        const row = input.closest("label"), list = $("people");
        list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
      }
    }
    this.changed();
  }

  useNumber(typed) {
    // The server reads numbers; here only what cannot be one is stopped.
    const digits = typed.replace(/[\s().\/\p{Cf}\p{Pd}]/gu, "");
    const number = digits.startsWith("00") ? `+${digits.slice(2)}` : digits;
    const field = $("number");
    const fits = /^\+?[1-9]\d{8,14}$/.test(number);
    field.setCustomValidity(fits ? "" : "Type it with its country code, such as +250788000999.");
    if (!fits) {
      field.reportValidity();
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
      return;
    }
    this.from = number.startsWith("+") ? number : `+${number}`;
    field.value = this.from;
    this.person = null;
    for (const input of $("people").querySelectorAll("input")) input.checked = false;
    this.changed();
    this.toHandset();
  }

  changed() {
    localStorage.setItem(KEPT, JSON.stringify({ service: this.service, from: this.from }));
    this.onChange({ from: this.from, person: this.person, service: this.service });
  }
}
