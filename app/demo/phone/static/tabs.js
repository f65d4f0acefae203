// The three channels: side by side where there is room, else one at a time behind tabs.

import { $ } from "./dom.js";

const PANES = { ussd: "stage", sms: "inbox", whatsapp: "whatsapp" };
const KEPT = "piga-phone-channel";

export class Tabs {
  /** `onPick()` after another one was picked. */
  constructor({ onPick }) {
    this.onPick = onPick;
    this.tabs = [...document.querySelectorAll("[role=tab]")];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.pick(tab.dataset.channel));
      tab.addEventListener("keydown", (event) => this.down(event, tab));
    }
    const kept = localStorage.getItem(KEPT);
    this.show(kept in PANES ? kept : "ussd");
  }

  down(event, tab) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = this.tabs.at((this.tabs.indexOf(tab) + step) % this.tabs.length);
    this.pick(next.dataset.channel);
    next.focus();
  }

  pick(channel) {
    this.show(channel);
    this.onPick();
  }

  show(channel) {
    localStorage.setItem(KEPT, channel);
    for (const tab of this.tabs) {
      const chosen = tab.dataset.channel === channel;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      $(PANES[tab.dataset.channel]).toggleAttribute("data-behind", !chosen);
    }
  }

  unread(channel, count) {
    const badge = $(`tab-${channel}`).querySelector(".badge");
    badge.hidden = !count;
    badge.textContent = count;
    badge.setAttribute("aria-label", `${count} new`);
  }
}
