// The phone: what a person does with it, from dialling to hanging up.

import { get, post } from "./api.js";
import { Cast } from "./cast.js";
import { Chats } from "./chats.js";
import { Clock } from "./clock.js";
import { $ } from "./dom.js";
import { Handset } from "./handset.js";
import { Keys } from "./keys.js";
import { BadNetwork } from "./network.js";
import { Tabs } from "./tabs.js";
import { Wire } from "./wire.js";

const MASK = "••••";
const SLOW_AFTER_MS = 350;
const CAST_AGAIN_MS = 3000;

const handset = new Handset();
const wire = new Wire();
const clock = new Clock(() => act("timeout"));
const chats = new Chats({ onUnread: unread, onNetwork: reached, zone: () => cast.zone });
const tabs = new Tabs({ onPick: () => chats.draw() });
const badNetwork = new BadNetwork({ onError: reached });
const cast = new Cast(changed);
const keys = new Keys({ onType: beginAnew, onCall: call, onEnd: cancel });

// A session as the phone knows it. `typed` holds its answers, PINs masked as they are typed.
let now = idle();
let busy = false;

function idle() {
  return { state: "idle", session: "", dialled: "", secret: false, typed: [] };
}

// --- whose phone ---------------------------------------------------------------------------------

async function changed({ from, service }) {
  const open = now.state === "open" ? now.session : "";
  goHome();
  $("input").value = service;
  chats.of({ from, tenant: cast.business, numbers: cast.numbers });
  wallClock();
  if (open) {
    await post("hangup", { session: open }).catch(() => {});
    say("Hung up: you hold another phone now.");
  }
}

/** The idle phone, with a code to dial; `last` is what Redial dials. */
function goHome(dialled = "", last = "") {
  now = { ...idle(), dialled: last };
  clock.reset();
  handset.home(cast);
  if (!cast.person && cast.from) meetNumber();
  keys.switch(false);
  $("input").value = dialled;
  $("hops").textContent = "0";
  $("took").textContent = "–";
  show("idle");
  say("");
  focus();
}

/** Typing after the end of a session is dialling anew. */
function beginAnew() {
  if (now.state === "ended" || now.state === "failed") goHome();
}

// --- the keys ------------------------------------------------------------------------------------

function call() {
  if (now.state === "open") answer();
  else if (now.state === "idle") dial($("input").value);
  else act("redial");
}

function cancel() {
  if (now.state === "open") act("hangup");
  else if (now.state === "idle") goHome();
  else goHome(now.dialled, now.dialled);
}

async function dial(typed) {
  const code = typed.replace(/\s/g, "");
  if (!code) return say("Type a code such as *384*10#, or pick a service.", "bad");
  if (!cast.from) return say("Pick a person or type a number first.", "bad");
  const dialled = code.endsWith("#") ? code : `${code}#`;
  await send("dial", { from: cast.from, dial: dialled }, { ...idle(), dialled });
}

async function answer() {
  const typed = $("input").value;
  await send("answer", { session: now.session, answer: typed }, after(typed));
}

async function pressTwice() {
  const typed = $("input").value;
  if (!typed) {
    say("Type an answer first: it is posted twice at the same time.", "bad");
    return focus();
  }
  const told = await send("twice", { session: now.session, answer: typed }, after(typed));
  if (!told || told.state === "failed") return;
  if (told.same) say("Pressed twice: both replies were the same.", "good");
  else say("Pressed twice: the two replies differ!", "bad");
}

async function act(name) {
  const { session, dialled } = now;
  if (name === "redial" && !session) return dial(dialled);
  const next = name === "redial" ? { ...idle(), dialled } : now;
  const told = await send(name, { session }, next);
  if (!told || name !== "hangup") return;
  goHome(dialled, dialled);
  say("You hung up.");
}

const after = (typed) => ({ ...now, typed: [...now.typed, now.secret ? MASK : typed] });

// --- a hop ---------------------------------------------------------------------------------------

/** Post, then show what came back; `next` is what the phone will know of the session. */
async function send(path, body, next) {
  if (busy) return null;
  busy = true;
  lock(true);
  say("");
  const typed = $("input").value;
  const slow = setTimeout(() => handset.waiting(), SLOW_AFTER_MS);
  try {
    const told = await post(path, body);
    reached(null);
    keys.switch(false);  // letters are for the one answer that they were asked for
    take(path, told, next);
    return told;
  } catch (error) {
    stay(error, typed);
    return null;
  } finally {
    clearTimeout(slow);
    busy = false;
    lock(false);
    focus();
  }
}

function take(path, told, next) {
  now = { ...next, session: told.session || next.session, state: told.state, secret: told.secret };
  now.last = told;
  handset.hop(told, now.dialled);
  if (told.state === "open") {
    if (path === "dial" || path === "redial") clock.start();
    else clock.screen();
  } else {
    clock.stop();
    chats.expect();
  }
  $("hops").textContent = told.hop;
  if (told.took_ms) $("took").textContent = `${told.took_ms.toFixed(1)} ms`;
  show(told.state);
  if (told.why) say(told.why, told.state === "failed" ? "bad" : "");
  wire.of(now.session, now.dialled, now.typed);
}

/** Nothing came back: the phone stays as it was, what was typed still in it. */
function stay(error, typed) {
  const over = /Dial again/.test(error.message);
  if (now.state === "open" && !over) {
    handset.hop(now.last, now.dialled);
    $("input").value = typed;
  } else {
    goHome(now.dialled || typed, now.dialled);
  }
  if (error.down) reached(error);
  else say(error.message, "bad");
}

// --- what is around it ---------------------------------------------------------------------------

function show(state) {
  $("state").dataset.state = state;
  $("state").textContent = state;
  lock(busy);
}

function lock(waiting) {
  const open = now.state === "open";
  for (const name of ["hangup", "timeout", "twice"]) $(`act-${name}`).disabled = waiting || !open;
  $("act-redial").disabled = waiting || !now.dialled;
  $("handset").setAttribute("aria-busy", String(waiting));
}

function unread(channel, count) {
  tabs.unread(channel, count);
  if (channel === "sms") handset.unread(count);
}

function say(text, tone = "") {
  $("said").textContent = text;
  $("said").dataset.tone = tone;
}

function reached(error) {
  handset.network(!error);
  $("alert").hidden = !error;
  $("alert").textContent = error ? error.message : "";
}

/** Back to the input, except on a touch screen, where that would open a keyboard over the phone. */
function focus() {
  if (matchMedia("(pointer: fine)").matches && !$("entry").hidden) {
    $("input").focus({ preventScroll: true });
  }
}

/** One clock for the handset, its messages and what they say: that of the business. */
function wallClock() {
  clearTimeout(wallClock.timer);
  const at = new Date();
  $("wall-clock").textContent = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: cast.zone });
  wallClock.timer = setTimeout(wallClock, 60500 - (at.getTime() % 60000));
}

/** A number that has registered is somebody. */
async function meetNumber() {
  const { from, service } = cast;
  const { names } = await get("name", { service, msisdn: from }).catch(() => ({ names: [] }));
  if (from === cast.from && service === cast.service && !cast.person) handset.registered(names);
}

async function meetCast() {
  try {
    const told = await get("cast");
    if (!told.services.length) throw new Error("No service answers yet: waiting for the database.");
    cast.fill(told);
    badNetwork.look();
    reached(null);
  } catch (error) {
    reached(error);
    setTimeout(meetCast, CAST_AGAIN_MS);
  }
}

$("lcd").addEventListener("submit", (event) => event.preventDefault());
// After a click Enter is for the phone again; who came by keyboard stays where they are.
document.addEventListener("click", (event) => {
  if (event.detail > 0 && event.target.closest(".key, .screen, #mode, #erase, .wire summary")) focus();
});
$("bar-mail").addEventListener("click", () => {
  tabs.pick("sms");
  $("inbox").scrollIntoView({ behavior: "smooth", block: "nearest" });
  $("inbox").focus({ preventScroll: true });
});
$("act-hangup").addEventListener("click", () => act("hangup"));
$("act-timeout").addEventListener("click", () => act("timeout"));
$("act-twice").addEventListener("click", pressTwice);
$("act-redial").addEventListener("click", () => act("redial"));

wallClock();
goHome();
meetCast();
