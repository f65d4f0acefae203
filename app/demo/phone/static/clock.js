// How long the session lasts, and how long the network waits for a reply.

import { $ } from "./dom.js";

const SESSION_S = 180;
const REPLY_S = 60;
const TICK_MS = 250;

const minutes = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

export class Clock {
  /** `onOver()` once when the session's time is up. */
  constructor(onOver) {
    this.onOver = onOver;
    this.timer = 0;
    this.reset();
  }

  reset() {
    this.stop();
    this.began = this.asked = 0;
    this.draw(0, 0);
  }

  start() {
    this.stop();
    this.began = this.asked = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  /** A new screen: the time to reply begins anew. */
  screen() {
    this.asked = performance.now();
    this.tick();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
  }

  tick() {
    const now = performance.now();
    const session = (now - this.began) / 1000;
    this.draw(Math.min(session, SESSION_S), (now - this.asked) / 1000);
    if (session >= SESSION_S && this.timer) {
      this.stop();
      this.onOver();
    }
  }

  draw(session, reply) {
    $("session-time").textContent = minutes(session);
    $("session-bar").value = session;
    $("session-bar").closest(".clock").classList.toggle("late", session > SESSION_S - 30);
    const left = Math.max(0, REPLY_S - reply);
    $("reply-time").textContent = reply > REPLY_S ? "over" : minutes(left);
    $("reply-bar").value = Math.min(reply, REPLY_S);
    $("reply-bar").closest(".clock").classList.toggle("late", left < 15);
  }
}
