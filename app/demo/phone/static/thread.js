// A chat: what was said in it, and what can be written, tapped or shared.

import { post } from "./api.js";
import { bubble, meta } from "./bubble.js";
import { make } from "./dom.js";

// As in limits.py.
const FILE_BYTES_MAXIMUM = 5 * 1024 * 1024;
const NEAR_THE_END_PX = 60;
// As in chat.css.
const ONE_AT_A_TIME = "(max-width: 75rem)";

export class Thread {
  /** In `pane`; `onUnread(count)`, `onWritten()` after something was given, `zone()`. */
  constructor(pane, channel, { onUnread, onWritten, zone }) {
    Object.assign(this, { pane, channel, onUnread, onWritten, zone });
    this.list = pane.querySelector("ol");
    this.form = pane.querySelector("form");
    this.input = this.form.querySelector("input:not([type=file])");
    this.sheet = pane.querySelector("dialog");
    this.messages = [];
    this.rows = new Map();  // by the id of a message: its element, and the status that it shows
    this.follow = true;
    this.from = this.to = "";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    for (const kind of ["click", "focusin"]) {
      pane.addEventListener(kind, () => this.read());
    }
    const chooser = this.part("file");
    for (const button of pane.querySelectorAll("[data-choose]")) {
      button.addEventListener("click", () => {
        button.closest("details").open = false;
        chooser.click();
      });
      chooser.addEventListener("change", () => {
        const [file] = chooser.files;
        chooser.value = "";
        if (file) this.send(file);
      });
    }
    for (const button of pane.querySelectorAll("[data-share]")) {
      button.addEventListener("click", () => {
        button.closest("details").open = false;
        this.give(JSON.parse(button.dataset.share));
      });
    }
  }

  part(name) { return this.pane.querySelector(`[data-part="${name}"]`); }

  /** Whose chat with whom; `to` is "" where nobody takes messages. */
  of({ from, tenant, to }) {
    Object.assign(this, { from, to, messages: [], follow: true });
    this.rows.clear();
    this.list.replaceChildren();
    this.part("with").textContent = to ? `${tenant} · ${to}` : tenant;
    this.part("none").hidden = Boolean(to);
    this.form.hidden = !to;
    this.say("");
    this.input.value = "";
    this.sheet?.close();
    this.draw();
  }

  show(messages) {
    this.messages = messages;
    this.draw();
  }

  // --- what the person does --------------------------------------------------------------------

  async write() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    if (!(await this.give({ text }))) this.input.value = text;
  }

  /** Whether it was taken. */
  async give(what) {
    this.say("");
    try {
      await post("write", { channel: this.channel, from: this.from, to: this.to, ...what });
      this.follow = true;
      this.onWritten();
      return true;
    } catch (error) {
      this.say(error.message);
      return false;
    }
  }

  /** A file that the person chose. */
  async send(file) {
    this.say("");
    if (file.size > FILE_BYTES_MAXIMUM) return this.say("At most 5 MB, please.");
    const content = await base64(file).catch(() => "");
    if (!content) return this.say("That file cannot be read, or has nothing in it.");
    const mime_type = file.type || "application/octet-stream";
    const media = mime_type.startsWith("image/") ? "image" : "document";
    return this.give({ media, content, mime_type, filename: file.name });
  }

  /** A list's rows, over the chat. */
  open(message) {
    const rows = message.choices.map((choice) => {
      const row = make("button", { type: "button", class: "sheet-row" },
        make("b", {}, choice.title), choice.description ? make("small", {}, choice.description) : "");
      row.addEventListener("click", () => {
        this.sheet.close();
        this.give({ tap: choice.id });
      });
      return make("li", {}, row);
    });
    this.sheet.querySelector("h3").textContent = message.button;
    this.sheet.querySelector("ul").replaceChildren(...rows);
    this.sheet.showModal();
  }

  say(words) { this.part("said").textContent = words; }

  // --- what is new -----------------------------------------------------------------------------

  get key() { return `piga-phone-read ${this.channel} ${this.from}`; }

  get alreadyRead() { return new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]")); }

  get received() { return this.messages.filter((one) => one.by === "us").map((one) => one.id); }

  read() {
    const read = this.alreadyRead;
    if (this.received.every((id) => read.has(id))) return;
    // A chat with another business has its own: those ids are kept, up to a number.
    const ids = [...new Set([...read, ...this.received])].slice(-500);
    localStorage.setItem(this.key, JSON.stringify(ids));
    this.draw();
  }

  draw() {
    const end = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight;
    const follow = this.follow || end < NEAR_THE_END_PX;
    const grew = this.drawMessages();
    if (grew && follow) {
      this.list.scrollTop = this.list.scrollHeight;
      this.follow = false;
    }
    const read = this.alreadyRead;
    const unread = this.received.filter((id) => !read.has(id));
    if (unread.length && this.isOpen()) return this.read();
    for (const [id, { row }] of this.rows) row.toggleAttribute("data-unread", unread.includes(id));
    this.part("empty").hidden = this.messages.length > 0 || !this.part("none").hidden;
    const badge = this.part("unread");
    badge.hidden = !unread.length;
    badge.textContent = `${unread.length} new`;
    this.onUnread(unread.length);
  }

  /** Add what is new and say what became of the rest; what stands there stays, for who is about to
   * tap it. Whether there is more than before. */
  drawMessages() {
    const known = [...this.rows.keys()];
    if (known.some((id, nth) => this.messages[nth]?.id !== id)) {
      this.rows.clear();
      this.list.replaceChildren();
    }
    const acts = {
      onTap: (id) => this.give({ tap: id }),
      onShare: (what) => this.give(what),
      onList: (message) => this.open(message),
    };
    const before = this.rows.size;
    for (const message of this.messages) {
      const drawn = this.rows.get(message.id);
      if (!drawn) {
        const row = bubble(message, { zone: this.zone(), ...acts });
        this.list.append(row);
        this.rows.set(message.id, { row, status: message.status });
      } else if (drawn.status !== message.status) {
        drawn.row.querySelector(".meta").replaceWith(meta(message, this.zone()));
        drawn.status = message.status;
      }
    }
    return this.rows.size > before;
  }

  /** Whether somebody has this chat before them: at work in it, or it alone is shown. */
  isOpen() {
    if (document.hidden) return false;
    const alone = matchMedia(ONE_AT_A_TIME).matches && !this.pane.hasAttribute("data-behind");
    return alone || this.pane.contains(document.activeElement);
  }
}

/** A file's bytes in base64. */
const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});
