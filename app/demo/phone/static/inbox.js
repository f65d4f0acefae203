// The SMS inbox of whoever holds the phone.

import { get } from "./api.js";
import { $, make } from "./dom.js";

const EVERY_MS = 3000;
const EAGER_EVERY_MS = 700;
const EAGER_FOR_MS = 12000;

export class Inbox {
  /** `onUnread(count)`; `onNetwork(error or null)` after every look; `zone()` is the time zone. */
  constructor({ onUnread, onNetwork, zone }) {
    this.zone = zone;
    this.onUnread = onUnread;
    this.onNetwork = onNetwork;
    this.msisdn = "";
    this.texts = [];
    this.drawn = "";
    this.eagerUntil = 0;
    this.timer = 0;
    $("read-all").addEventListener("click", () => this.read(this.texts));
    document.addEventListener("visibilitychange", () => this.look());
  }

  of(msisdn) {
    this.msisdn = msisdn;
    this.texts = [];
    this.draw();
    this.look();
  }

  /** Something was just done that a text will follow. */
  expect() {
    this.eagerUntil = performance.now() + EAGER_FOR_MS;
    this.look();
  }

  async look() {
    clearTimeout(this.timer);
    if (document.hidden || !this.msisdn) return;
    const asked = this.msisdn;
    try {
      const texts = await get("inbox", { msisdn: asked });
      if (asked !== this.msisdn) return;
      this.texts = texts;
      this.draw();
      this.onNetwork(null);
    } catch (error) {
      if (asked !== this.msisdn) return;
      this.onNetwork(error);
    }
    clearTimeout(this.timer);
    const eager = performance.now() < this.eagerUntil;
    this.timer = setTimeout(() => this.look(), eager ? EAGER_EVERY_MS : EVERY_MS);
  }

  get key() { return `piga-phone-read ${this.msisdn}`; }

  get alreadyRead() { return new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]")); }

  read(texts) {
    const known = new Set(this.texts.map((text) => text.id));
    const read = [...this.alreadyRead].filter((id) => known.has(id));
    localStorage.setItem(this.key, JSON.stringify([...new Set([...read, ...texts.map((t) => t.id)])]));
    this.draw();
  }

  draw() {
    const read = this.alreadyRead;
    const unread = this.texts.filter((text) => !read.has(text.id));
    const state = JSON.stringify([this.msisdn, this.texts.map((t) => t.id), unread.map((t) => t.id)]);
    if (state === this.drawn) return;
    this.drawn = state;
    $("texts").replaceChildren(...this.texts.toReversed().map((text) => this.row(text, read)));
    $("no-texts").hidden = this.texts.length > 0;
    $("unread").hidden = $("read-all").hidden = unread.length === 0;
    $("unread").textContent = `${unread.length} new`;
    this.onUnread(unread.length);
  }

  row(text, read) {
    const at = new Date(text.at);
    const timeZone = this.zone();
    const day = (date) => date.toLocaleDateString("en-GB", { day: "2-digit", month: "2-digit", timeZone });
    const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
    const when = day(at) === day(new Date()) ? clock : `${day(at)} ${clock}`;
    const isNew = !read.has(text.id);
    const button = make("button", { type: "button", class: "text", "data-unread": isNew ? "" : null },
      make("span", { class: "from" }, make("span", {}, text.from || "SMS"),
        make("time", { datetime: text.at }, when)),
      text.text);
    if (isNew) {
      button.title = "Mark as read";
      button.addEventListener("click", () => this.read([text]), { once: true });
    } else {
      button.disabled = true;
    }
    return make("li", {}, button);
  }
}
