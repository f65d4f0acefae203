// One message of a chat, as an element.

import { make } from "./dom.js";

const TICKS = { "": "✓", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "✗" };
const ASKED = {
  location: ["Send location", { location: "mine" }],
  contact: ["Share my number", { contact: "own" }],
};
const SIGNS = { location: "📍", contacts: "👤", image: "🖼", document: "📄", audio: "🎤", video: "🎞", sticker: "🙂" };

/** `onTap(id)`, `onShare(what)`, `onList(message)`; `zone` is the business's time zone. */
export function bubble(message, { zone, onTap, onShare, onList }) {
  const { by, header, text, footer, kind, file, choices, button, asks } = message;
  const said = make("div", { class: "bubble-body" });
  if (message.party && by === "us") said.append(make("small", { class: "party" }, message.party));
  if (file) said.append(fileLink(file));
  if (header) said.append(make("strong", {}, header));
  const sign = file ? "" : (SIGNS[kind] ?? "");
  if (text) said.append(make("p", {}, sign ? `${sign} ` : "", ...words(text)));
  if (footer) said.append(make("small", { class: "footer" }, footer));
  said.append(meta(message, zone));
  const taps = [];
  if (button) {
    taps.push(tap(`☰ ${button}`, () => onList(message), { "aria-haspopup": "dialog", "aria-label": button }));
  } else {
    taps.push(...choices.map(({ id, title }) => tap(title, () => onTap(id))));
  }
  if (asks in ASKED) {
    const [label, what] = ASKED[asks];
    taps.push(tap(label, () => onShare(what)));
  }
  const row = make("li", { class: by === "us" ? "bubble text" : "bubble", "data-by": by }, said);
  if (taps.length) row.append(make("div", { class: "taps" }, ...taps));
  return row;
}

/** Words, and what is set as code, as a code to be dialled is. */
const words = (text) => text.split("```").map((part, nth) => (nth % 2 ? make("code", {}, part) : part));

function tap(label, onClick, attributes = {}) {
  const element = make("button", { type: "button", class: "tap", ...attributes }, label);
  element.addEventListener("click", onClick);
  return element;
}

function fileLink({ id, link, name }) {
  const to = id ? `/phone/api/file?id=${encodeURIComponent(id)}` : link;
  return make("a", { class: "file", href: to, target: "_blank", rel: "noreferrer" }, `📄 ${name}`);
}

/** When, how many text messages it was, and what became of it: for our own, what we were told. */
export function meta({ at, by, status, segments }, timeZone) {
  const when = new Date(at);
  const day = (date) => date.toLocaleDateString("en-GB", { day: "2-digit", month: "2-digit", timeZone });
  const clock = when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const row = make("span", { class: "meta" });
  if (segments) row.append(make("span", {}, segments === 1 ? "1 SMS" : `${segments} SMS`));
  row.append(make("time", { datetime: at }, day(when) === day(new Date()) ? clock : `${day(when)} ${clock}`));
  const word = status || "sent";
  if (by === "us") {
    row.append(make("span", { class: "told", "data-status": word, title: "What the business was told" }, word));
  } else if (!segments) {
    row.append(make("span", { class: "ticks", "data-status": word, role: "img", "aria-label": word }, TICKS[status] ?? "✓"));
  }
  return row;
}
