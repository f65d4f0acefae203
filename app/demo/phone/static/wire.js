// What went over the wire: the gateway's own record. What was typed it leaves out, since that may be
// a PIN; the page fills in what it knows, with PINs masked.

import { get } from "./api.js";
import { $, make } from "./dom.js";

const KINDS = { ussd: "hop", "ussd-end": "end of session" };

export class Wire {
  constructor() {
    this.pane = $("wire");
    this.session = "";
    this.typed = [];
    this.dialled = "";
    this.pane.addEventListener("toggle", () => this.look());
  }

  /** A session's record; `typed` are its answers so far, masked where they were secret. */
  async of(session, dialled, typed) {
    Object.assign(this, { session, dialled, typed: [...typed] });
    await this.look();
  }

  async look() {
    if (!this.pane.open || !this.session) return;
    const { exchanges } = await get("wire", { session: this.session }).catch(() => ({ exchanges: [] }));
    $("no-exchanges").hidden = exchanges.length > 0;
    $("exchanges").replaceChildren(...exchanges.toReversed().map((exchange) => this.row(exchange)));
  }

  row(exchange) {
    const { kind, hop, path, status, took_ms, note, fields, content_type, answer } = exchange;
    const code = fields.find(([name]) => name === "serviceCode")?.[1] ?? "";
    const list = fields.flatMap(([name, value]) => [
      make("dt", {}, name),
      make("dd", {}, value ?? this.text(code, kind === "ussd" ? hop : Infinity)),
    ]);
    const outcome = status === null ? note : `${status} ${content_type}`;
    return make("li", {},
      make("p", { class: "head" }, `POST ${path}`,
        make("span", {}, kind === "ussd" ? `${KINDS[kind]} ${hop}` : (KINDS[kind] ?? kind)),
        make("span", {}, outcome), make("span", {}, `${took_ms.toFixed(1)} ms`)),
      make("div", { class: "both" }, make("dl", {}, ...list),
        make("pre", {}, answer || (status === null ? "no answer" : "(empty)"))));
  }

  /** The text of a hop: digits dialled after the code, then every answer, joined as on the wire. */
  text(code, hop) {
    const digits = this.dialled.replace(/#$/, "").slice(code.length);
    const parts = [...(digits ? [digits] : []), ...this.typed.slice(0, hop - 1)];
    return parts.join("*") || "(empty)";
  }
}
