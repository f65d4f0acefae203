"""All of Twilio's fake, and the phones: texts, and WhatsApp, driven by JSON.

POST /phone/twilio           on WhatsApp: write, tap or share something
GET  /phone/twilio           the chat, oldest first: ?from=NUMBER_OR_ID&to=NUMBER
POST /phone/twilio/content   make a content template known
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Container, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request

from providers.simulator import control, media
from providers.simulator.hooks import HookSource
from providers.simulator.inbox import Text, Texts
from providers.simulator.loopback import HttpPost
from providers.simulator.timers import Later
from providers.twilio.callbacks import Callbacks, TwilioOptions, new_sid
from providers.twilio.fake import Content, Fault, MessagesFake, Rule
from providers.twilio.judge import CHANNEL

FILES = ("twilio-texts.jsonl", "twilio-chats.jsonl", "twilio-written.jsonl")
AUTH_TOKEN = "demo"  # noqa: S105 - the fakes' own, which everybody may know
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
Route = Callable[[Request], object]


class Twilio:
    """Twilio's side, the webhooks, and the phones."""

    def __init__(
        self,
        hooks: HookSource,
        state_dir: Path | None,
        later: Later,
        post: HttpPost,
        *,
        accounts: Mapping[str, str] | None = None,
        auth_token: str = AUTH_TOKEN,
        public_url: str = "",
    ) -> None:
        stores = [Texts(state_dir / name if state_dir else None) for name in FILES]
        self.texts, self.chats, self.written = stores
        self.callbacks = Callbacks(
            hooks, later, post, self.texts, self.chats, auth_token=auth_token
        )
        self._usual = TwilioOptions(signed_as=public_url)
        self.callbacks.options = self._usual
        self.messages = MessagesFake(self.texts, self.chats, self.callbacks, accounts=accounts)

    @property
    def routes(self) -> dict[tuple[str, str], Route]:
        return {
            ("POST", "/phone/twilio"): self._write,
            ("GET", "/phone/twilio"): self._chat,
            ("POST", "/phone/twilio/content"): self._content,
        }

    def close(self) -> None:
        for store in (self.texts, self.chats, self.written):
            store.close()

    def forget(self, accounts: Container[str]) -> None:
        """Empty the inboxes and chats of what these accounts have sent."""
        for store in (self.texts, self.chats, self.written):
            store.forget(lambda text: text.username in accounts)

    def read_script(self, wanted: Mapping[str, Any]) -> Callable[[], None]:
        """Check what is to go wrong; answers what applies it. Raises ValueError."""
        settings = dict(wanted)
        faults = [Fault.read(one) for one in control.list_of_mappings(settings, "faults")]
        rules = {
            number: Rule.read(rule) for number, rule in control.mapping(settings, "numbers").items()
        }
        for name in ("faults", "numbers"):
            settings.pop(name, None)
        options = self.callbacks.options.changed(settings)

        def apply() -> None:
            self.callbacks.options = options
            self.messages.script(faults)
            self.messages.rules.update(rules)

        return apply

    def clear(self) -> None:
        """No faults, and everything as it is at first."""
        self.callbacks.options = self._usual
        self.messages.clear()

    # --- texts ------------------------------------------------------------------------------------

    def serves(self, number: str) -> bool:
        """Whether texts to that number come in here."""
        return self.callbacks.url("sms-in", number) is not None

    def text_in(self, sender: str, to: str, text: str, *, copies: int = 1) -> str:
        """A handset texts a number. Twilio's id."""
        if text.strip().upper() == "START":
            self.messages.opted_out.discard((to, sender))
        return self._text_in(sender, to, {"Body": text}, copies)

    def opt_out(self, to: str, sender: str) -> None:
        """A handset texts STOP where Twilio itself sees to that: it answers, and sends no more."""
        self.messages.opted_out.add((to, sender))
        self._text_in(sender, to, {"Body": "STOP", "OptOutType": "STOP"}, 1)

    def _text_in(self, sender: str, to: str, more: dict[str, str], copies: int) -> str:
        fields = self._common(to) | {"From": sender, "To": to, "FromCountry": "RW", "FromCity": ""}
        self.callbacks.message("sms-in", to, fields | more, copies=copies)
        return fields["MessageSid"]

    def _common(self, number: str) -> dict[str, str]:
        sid = new_sid("SM")
        ids = dict.fromkeys(("SmsMessageSid", "SmsSid", "MessageSid"), sid)
        account = self.callbacks.tenant(number)
        rest = {"NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "Body": ""}
        return ids | rest | {"AccountSid": account, "ApiVersion": "2010-04-01"}

    # --- WhatsApp: what a person does -------------------------------------------------------------

    def _write(self, request: Request) -> object:
        wanted = dict(control.json_of(request))
        address, number = _whom(wanted)
        copies = wanted.get("copies", 1)
        if not isinstance(copies, int) or not 1 <= copies <= 64:
            raise ValueError("copies: out of range")
        fields = self._common(number) | {
            "From": CHANNEL + address,
            "To": CHANNEL + number,
            "ProfileName": "Somebody",
            "Forwarded": "false",
        }
        if address.startswith("+"):
            fields |= {"WaId": address[1:], "ExternalUserId": CHANNEL + _id_for(address)}
        fields |= self._said(wanted, address, number, fields)
        if "about" in wanted:
            fields["OriginalRepliedMessageSid"] = control.string(wanted, "about")
            fields["OriginalRepliedMessageSender"] = CHANNEL + number
        self.messages.wrote(number, address)
        self.written.add(_kept(fields, self.callbacks.tenant(number)))
        self.callbacks.message("whatsapp-in", number, fields, copies=copies)
        return {"id": fields["MessageSid"]}

    def _said(
        self, wanted: Mapping[str, Any], address: str, number: str, common: Mapping[str, str]
    ) -> dict[str, str]:
        """One of `text`, `tap` (the id of an option), `location`, `media` (its kind), or `raw`:
        fields as Twilio names them."""
        if "text" in wanted:
            return {"MessageType": "text", "Body": control.string(wanted, "text")}
        if "tap" in wanted:
            return self._tap(control.string(wanted, "tap"), address, number)
        if "location" in wanted:
            place = control.mapping(wanted, "location")
            names = {"latitude": "Latitude", "longitude": "Longitude"}
            names |= {"name": "Label", "address": "Address"}
            shared = {names[key]: str(value) for key, value in place.items() if key in names}
            return {"MessageType": "location", **shared}
        if "media" in wanted:
            return self._media(control.string(wanted, "media"), wanted, common)
        raw = control.mapping(wanted, "raw")
        if not raw:
            raise ValueError("text, tap, location, media or raw")
        return {str(name): str(value) for name, value in raw.items()}

    def _tap(self, id: str, address: str, number: str) -> dict[str, str]:
        """The button or row of the newest message that has it."""
        for text in reversed(self._received(address, number)):
            form = json.loads(text.text)
            content = self.messages.contents.get(form.get("ContentSid", ""), Content())
            variables = json.loads(form.get("ContentVariables") or "{}")
            for own_id, title in content.taps(variables):
                if own_id == id:
                    about = {
                        "OriginalRepliedMessageSid": text.id,
                        "OriginalRepliedMessageSender": CHANNEL + number,
                        "MessageType": "interactive",
                        "Body": title,
                    }
                    if content.kind == "list":
                        return about | {"ListId": id, "ListTitle": title}
                    return about | {"ButtonPayload": id, "ButtonText": title}
        raise ValueError("tap: no message has such an option")

    def _media(
        self, kind: str, wanted: Mapping[str, Any], common: Mapping[str, str]
    ) -> dict[str, str]:
        mime_type, content = media.file_of(kind, wanted)
        id = self.messages.files.keep(content, mime_type)
        account, sid = common["AccountSid"], common["MessageSid"]
        caption = wanted.get("caption")
        return {
            "MessageType": kind,
            "NumMedia": "1",
            "MediaContentType0": mime_type,
            "MediaUrl0": f"https://api.twilio.com/2010-04-01/Accounts/{account}"
            f"/Messages/{sid}/Media/{id}",
            "Body": caption if isinstance(caption, str) else "",
        }

    # --- what a person sees -----------------------------------------------------------------------

    def _received(self, address: str, number: str) -> list[Text]:
        theirs = {CHANNEL + address, CHANNEL + _id_for(address)}
        return self.chats.find(
            lambda t: t.arrives and t.to in theirs and t.sender == CHANNEL + number
        )

    def _chat(self, request: Request) -> object:
        # An unescaped plus in a query is a space.
        wanted = {name: request.args.get(name, "").strip() for name in ("from", "to")}
        if re.fullmatch(r"[0-9]+", wanted["from"]):
            wanted["from"] = "+" + wanted["from"]
        address, number = _whom(wanted | {"to": "+" + wanted["to"].lstrip("+")})
        theirs = self.written.find(
            lambda t: t.sender == CHANNEL + address and t.to == CHANNEL + number
        )
        both = [("us", text) for text in self._received(address, number)]
        both += [("them", text) for text in theirs]
        return [
            {
                "by": by,
                "id": text.id,
                "at": text.at,
                "status": text.status.lower() if by == "us" else "",
                "message": json.loads(text.text),
            }
            for by, text in sorted(both, key=lambda one: one[1].at)
        ]

    def _content(self, request: Request) -> object:
        wanted = dict(control.json_of(request))
        sid, kind = control.string(wanted, "sid"), control.string(wanted, "kind")
        options, places = wanted.get("options", 0), wanted.get("places")
        numbers = isinstance(options, int) and (places is None or isinstance(places, int))
        if kind not in ("text", "buttons", "list") or not numbers:
            raise ValueError("kind: text, buttons or list; options and places: numbers")
        self.messages.contents[sid] = Content(kind, options, places)
        return {"ok": True}


def _whom(wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Who writes, by a number or by an id, and to which number of ours. Raises ValueError."""
    address, number = control.string(wanted, "from").strip(), control.string(wanted, "to").strip()
    if not _NUMBER.fullmatch(address) and not _ID.fullmatch(address):
        raise ValueError("from: a number or an id, please")
    if not _NUMBER.fullmatch(number):
        raise ValueError("to: a number, please")
    return address, number


def _id_for(address: str) -> str:
    """The id of somebody with a number: the same each time."""
    digest = hashlib.sha256(f"fake {address}".encode()).hexdigest()
    return f"RW.{int(digest[:16], 16)}"


def _kept(fields: Mapping[str, str], account: str) -> Text:
    return Text(
        id=fields["MessageSid"],
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        username=account,
        sender=fields["From"],
        to=fields["To"],
        text=json.dumps(dict(fields)),
        code=200,
    )


def forget(state_dir: Path, accounts: Container[str]) -> None:
    """Empty inboxes and chats of these accounts while the fakes are not running."""
    for name in FILES:
        if (state_dir / name).exists():
            texts = Texts(state_dir / name)
            texts.forget(lambda text: text.username in accounts)
            texts.close()
