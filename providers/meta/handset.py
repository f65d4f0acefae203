"""WhatsApp on a person's phone, driven by JSON: a chat with each number of ours.

POST /phone/whatsapp            write, tap or share something
GET  /phone/whatsapp            the chat, oldest first: ?from=NUMBER_OR_ID&to=NUMBER
GET  /phone/whatsapp/file       a file that was sent: ?id=ID
POST /phone/whatsapp/person     what somebody shows of themselves
POST /phone/whatsapp/move       another number, and with it another id
POST /phone/whatsapp/wish       no more marketing, or again
POST /phone/whatsapp/template   what becomes of a template
POST /phone/whatsapp/subscribe  the handshake
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Container, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request

from providers.meta.callbacks import Callbacks, MetaOptions
from providers.meta.fake import Fault, GraphFake, Known
from providers.meta.people import People, Somebody
from providers.simulator import control, media
from providers.simulator.hooks import HookSource
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import HttpPost
from providers.simulator.timers import Later
from providers.simulator.uplink import Uplink

SENT_FILE, WRITTEN_FILE = "meta-sent.jsonl", "meta-written.jsonl"
APP_SECRET = "demo"  # noqa: S105 - the fakes' own, which everybody may know
Route = Callable[[Request], object]


class WhatsApp:
    """All of the fake: Meta's side, the webhooks, and the phones."""

    def __init__(
        self,
        hooks: HookSource,
        state_dir: Path | None,
        later: Later,
        post: HttpPost,
        *,
        tokens: frozenset[str] | None = None,
        app_secret: str = APP_SECRET,
        uplink: Uplink | None = None,
    ) -> None:
        self.uplink = uplink or Uplink(later)
        self.people = People()
        self.sent = Texts(state_dir / SENT_FILE if state_dir else None)
        self.written = Texts(state_dir / WRITTEN_FILE if state_dir else None)
        self.callbacks = Callbacks(
            hooks, self.sent, later, post, app_secret=app_secret, written=self.written
        )
        self.graph = GraphFake(self.sent, self.callbacks, self.people, tokens=tokens)

    @property
    def routes(self) -> dict[tuple[str, str], Route]:
        return {
            ("POST", "/phone/whatsapp"): self._write,
            ("GET", "/phone/whatsapp"): self._chat,
            ("GET", "/phone/whatsapp/file"): self._file,
            ("POST", "/phone/whatsapp/person"): self._person,
            ("POST", "/phone/whatsapp/move"): self._move,
            ("POST", "/phone/whatsapp/wish"): self._wish,
            ("POST", "/phone/whatsapp/template"): self._template,
            ("POST", "/phone/whatsapp/subscribe"): self._subscribe,
        }

    def close(self) -> None:
        self.sent.close()
        self.written.close()

    def log(self) -> dict[str, int]:
        """What was asked and posted so far, in numbers."""
        counts = self.callbacks.counts
        return {
            "requests": self.graph.requests,
            "accepted": len(self.sent.find(lambda _: True)),
            "duplicates": len(self.sent.twice()),
            **asdict(counts),
        }

    def forget(self, tenants: Container[str]) -> None:
        """Empty the chats with these tenants' numbers."""
        for texts in (self.sent, self.written):
            texts.forget(lambda text: text.username in tenants)

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """Check what is to go wrong; answers what applies it. Raises ValueError."""
        settings = dict(wanted)
        faults = [Fault.read(one) for one in control.list_of_mappings(settings, "faults")]
        settings.pop("faults", None)
        options = self.callbacks.options.changed(settings)

        def apply() -> None:
            self.callbacks.options = options
            self.graph.script(faults)

        return apply

    def clear(self) -> None:
        """No faults, and everything as it is at first."""
        self.callbacks.options = MetaOptions()
        self.graph.clear()

    # --- what a person does ----------------------------------------------------------------------

    def _write(self, request: Request) -> object:
        wanted = dict(control.json_of(request))
        somebody, number_id = self._whom(wanted)
        copies = wanted.get("copies", 1)
        if not isinstance(copies, int) or not 1 <= copies <= 64:
            raise ValueError("copies: out of range")
        message = self._message(wanted, somebody, number_id)
        message["id"] = f"wamid.{secrets.token_urlsafe(24)}"
        self.graph.wrote(number_id, somebody)
        self.written.add(self._kept(message, somebody, number_id))

        def send(*, copies: int) -> str:
            for _ in range(copies):
                self.callbacks.message(number_id, somebody, message)
            return str(message["id"])

        for _ in range(copies):
            self.uplink.carry(send)
        return {"id": message["id"]}

    def _whom(self, wanted: Mapping[str, Any]) -> tuple[Somebody, str]:
        number_id = control.string(wanted, "to").strip().lstrip("+")
        return self.people.find(control.string(wanted, "from").strip()), number_id

    def _message(
        self, wanted: Mapping[str, Any], somebody: Somebody, number_id: str
    ) -> dict[str, Any]:
        """One of `text`, `tap` (the id of an option), `location`, `contact` (own or other),
        `media` (its kind; with `content`, its bytes as base64, `mime_type` and `filename`),
        `reaction`, or `raw`: a message as Meta words it."""
        found: dict[str, Any]
        if "text" in wanted:
            found = {"type": "text", "text": {"body": control.string(wanted, "text")}}
        elif "tap" in wanted:
            found = self._tap(control.string(wanted, "tap"), somebody, number_id)
        elif "location" in wanted:
            found = {"type": "location", "location": control.mapping(wanted, "location")}
        elif "contact" in wanted:
            found = _contact(somebody, is_asked=wanted["contact"] == "own")
        elif "media" in wanted:
            found = self._media(control.string(wanted, "media"), wanted)
        elif "reaction" in wanted:
            target = control.string(wanted, "about")
            reaction = {"message_id": target, "emoji": control.string(wanted, "reaction")}
            found = {"type": "reaction", "reaction": reaction}
        else:
            found = dict(control.mapping(wanted, "raw"))
            if not found:
                raise ValueError("text, tap, location, contact, media, reaction or raw")
        if "about" in wanted and "context" not in found:
            context = {"from": number_id, "id": control.string(wanted, "about")}
            found["context"] = context
        return found

    def _tap(self, id: str, somebody: Somebody, number_id: str) -> dict[str, Any]:
        """The button or row of the newest message that has it."""
        for text in reversed(self._received(somebody, number_id)):
            interactive = json.loads(text.text).get("interactive") or {}
            action = interactive.get("action") or {}
            for button in action.get("buttons") or ():
                if button["reply"]["id"] == id:
                    return _tapped("button_reply", button["reply"], number_id, text.id)
            for section in action.get("sections") or ():
                for row in section["rows"]:
                    if row["id"] == id:
                        return _tapped("list_reply", row, number_id, text.id)
        raise ValueError("tap: no message has such an option")

    def _media(self, kind: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        mime_type, content = media.file_of(kind, wanted)
        value = {"id": self.graph.keep_file(content, mime_type), "mime_type": mime_type}
        value["sha256"] = base64.b64encode(hashlib.sha256(content).digest()).decode()
        caption = wanted.get("caption")
        if isinstance(caption, str) and caption:
            value["caption"] = caption
        name = wanted.get("filename")
        if kind == "document" and isinstance(name, str) and name:
            value["filename"] = name
        return {"type": kind, kind: value}

    # --- what a person sees -----------------------------------------------------------------------

    def _received(self, somebody: Somebody, number_id: str) -> list[Text]:
        return self.sent.find(
            lambda t: t.arrives and t.to == somebody.number and t.sender == number_id
        )

    def _chat(self, request: Request) -> object:
        # An unescaped plus in a query is a space.
        wanted = {name: request.args.get(name, "").strip() for name in ("from", "to")}
        somebody, number_id = self._whom(wanted)
        theirs = self.written.find(lambda t: t.sender == somebody.number and t.to == number_id)
        both = [("us", text) for text in self._received(somebody, number_id)]
        both += [("them", text) for text in theirs]
        return [
            {
                "by": by,
                "id": text.id,
                "at": text.at,
                "status": text.status.lower() if by == "us" or text.reported else "",
                "message": json.loads(text.text),
            }
            for by, text in sorted(both, key=lambda one: one[1].at)
        ]

    def _file(self, request: Request) -> object:
        file = self.graph.file(request.args.get("id", ""))
        if file is None:
            raise ValueError("id: no such file")
        content = base64.b64encode(file.content).decode()
        return {"mime_type": file.mime_type, "content": content}

    def _kept(self, message: dict[str, Any], somebody: Somebody, number_id: str) -> Text:
        return Text(
            id=message["id"],
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            username=self.callbacks.tenant(number_id),
            sender=somebody.number,
            to=number_id,
            text=json.dumps(message),
            code=200,
        )

    # --- who they are, and what they wish ---------------------------------------------------------

    def _person(self, request: Request) -> object:
        wanted = dict(control.json_of(request))
        somebody = self.people.change(control.string(wanted, "from"), _without(wanted, "from"))
        return {"number": somebody.number, "user_id": somebody.user_id}

    def _move(self, request: Request) -> object:
        wanted = control.json_of(request)
        number_id = control.string(wanted, "to").lstrip("+")
        address, number = control.string(wanted, "from"), control.string(wanted, "number")
        before, now = self.people.move(address, number)
        hides = before.hides_number
        system: dict[str, Any] = {"user_id": now.user_id, "body": "…"}
        if hides:
            system |= {"type": "user_changed_user_id", "previous_user_id": before.user_id}
        else:
            system |= {"type": "user_changed_number", "wa_id": now.digits}
        message = {"id": f"wamid.{secrets.token_urlsafe(24)}", "type": "system", "system": system}
        if not hides:
            message |= {"from": before.digits, "from_user_id": before.user_id}
        message["timestamp"] = str(int(datetime.now(UTC).timestamp()))
        self.callbacks.tell(number_id, "messages", {"messages": [message]})
        return {"number": now.number, "user_id": now.user_id}

    def _wish(self, request: Request) -> object:
        wanted = control.json_of(request)
        somebody, number_id = self._whom(wanted)
        named = somebody.contact()
        wish = {
            "category": "marketing_messages",
            "detail": "User requested to change what they get",
            "value": "resume" if wanted.get("wants") else "stop",
            "timestamp": int(datetime.now(UTC).timestamp()),
        }
        wish |= {name: named[name] for name in ("wa_id", "user_id") if name in named}
        value = {"contacts": [named], "user_preferences": [wish]}
        self.callbacks.tell(number_id, "user_preferences", value)
        return {"ok": True}

    def _template(self, request: Request) -> object:
        """Make a template known, or say what became of it; `places` is how many it has."""
        wanted = control.json_of(request)
        number_id = control.string(wanted, "to").lstrip("+")
        name, language = control.string(wanted, "name"), control.string(wanted, "language")
        event, places = control.string(wanted, "event").upper(), wanted.get("places")
        if places is not None and not isinstance(places, int):
            raise ValueError("places: not a number")
        self.graph.templates[name, language] = Known(event, places)
        value = {
            "event": event,
            "message_template_name": name,
            "message_template_language": language,
            "reason": "NONE",
        }
        self.callbacks.tell(number_id, "message_template_status_update", value)
        return {"ok": True}

    def _subscribe(self, request: Request) -> object:
        wanted = control.json_of(request)
        number_id = control.string(wanted, "to").lstrip("+")
        token = control.string(wanted, "verify_token")
        return {"verified": self.callbacks.subscribe(number_id, token)}


def _without(wanted: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name not in names}


def _tapped(kind: str, option: dict[str, Any], number_id: str, about: str) -> dict[str, Any]:
    reply = {name: option[name] for name in ("id", "title", "description") if name in option}
    return {
        "type": "interactive",
        "interactive": {"type": kind, kind: reply},
        "context": {"from": number_id, "id": about},
    }


def _contact(somebody: Somebody, *, is_asked: bool) -> dict[str, Any]:
    """A card with their number: as it comes when we ask, or out of the address book."""
    card: dict[str, Any] = {
        "name": {"formatted_name": somebody.name or "Somebody"},
        "phones": [{"phone": somebody.number, "wa_id": somebody.digits, "type": "CELL"}],
        "origin": "contact_request" if is_asked else "other",
    }
    if not is_asked:
        card["vcard"] = "BEGIN:VCARD"
    return {"type": "contacts", "contacts": [card]}


def forget(state_dir: Path, tenants: Container[str]) -> None:
    """Empty the chats with these tenants' numbers while the fakes are not running."""
    for name in (SENT_FILE, WRITTEN_FILE):
        if (state_dir / name).exists():
            texts = Texts(state_dir / name)
            texts.forget(lambda text: text.username in tenants)
            texts.close()
