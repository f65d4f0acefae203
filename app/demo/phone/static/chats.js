// The two chats of whoever holds the phone: looked at together, again and again.

import { get } from "./api.js";
import { Thread } from "./thread.js";
import { $ } from "./dom.js";

const EVERY_MS = 3000;
const EAGER_EVERY_MS = 500;
const EAGER_FOR_MS = 15000;

export class Chats {
  /** `onUnread(channel, count)`; `onNetwork(error or null)` after every look; `zone()` is the time zone. */
  constructor({ onUnread, onNetwork, zone }) {
    this.onNetwork = onNetwork;
    this.from = "";
    this.numbers = {};
    this.eagerUntil = 0;
    this.timer = 0;
    const made = (channel) =>
      new Thread($(channel === "sms" ? "inbox" : channel), channel, {
        onUnread: (count) => onUnread(channel, count), onWritten: () => this.expect(), zone,
      });
    this.threads = { sms: made("sms"), whatsapp: made("whatsapp") };
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Another phone, or another business; `numbers` are those that it can be written to at. */
  of({ from, tenant, numbers }) {
    this.from = from;
    this.numbers = numbers;
    for (const [channel, thread] of Object.entries(this.threads)) {
      thread.of({ from, tenant, to: numbers[channel] ?? "" });
    }
    this.look();
  }

  /** Another channel came to the front. */
  draw() {
    for (const thread of Object.values(this.threads)) thread.draw();
  }

  /** Something was just done that a message will follow. */
  expect() {
    this.eagerUntil = performance.now() + EAGER_FOR_MS;
    this.look();
  }

  async look() {
    clearTimeout(this.timer);
    if (document.hidden || !this.from) return;
    const { from, numbers } = this;
    const same = () => from === this.from && numbers === this.numbers;
    try {
      const told = await get("chats", { from, whatsapp: numbers.whatsapp ?? "" });
      if (!same()) return;
      this.threads.sms.show(told.sms);
      this.threads.whatsapp.show(told.whatsapp);
      this.onNetwork(null);
    } catch (error) {
      if (!same()) return;
      this.onNetwork(error);
    }
    clearTimeout(this.timer);
    const eager = performance.now() < this.eagerUntil;
    this.timer = setTimeout(() => this.look(), eager ? EAGER_EVERY_MS : EVERY_MS);
  }
}
