"""A gateway's file as a provider: its requests as hops, its screens as answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import LastInput, UssdEnded, UssdHop
from providers.contracts.webhooks import HttpReply, Kind
from providers.limits import (
    NETWORK_MAX_CHARS,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    SERVICE_CODE_MAX_CHARS,
    SESSION_ID_MAX_CHARS,
    TEXT_MAX_CHARS,
)
from providers.registry import Provider
from providers.typed import one_line
from providers.ussd_http.replies import Template
from providers.ussd_http.requests import Fields, read
from providers.ussd_http.schema import Condition, Ending, GatewayFile, read_file

KIND: Final = "ussd"

_DIALLED: Final = re.compile(r"[0-9*#]{1,182}")
_NOT_IN_A_NUMBER: Final = str.maketrans("", "", " -().")


class FieldOf:
    """A field by its name, or by the first of several that is there."""

    __slots__ = ("name", "names")

    def __init__(self, name: str) -> None:
        self.name = name
        self.names = tuple(name.split("|"))

    def text(self, fields: Fields) -> str:
        """As text; '' where it is not there."""
        for name in self.names:
            if name in fields:
                value = fields[name]
                if value is True or value is False:
                    return "true" if value else "false"
                return str(value)
        return ""

    def word(self, fields: Fields, limit_chars: int) -> str:
        """A word of the gateway's (an id, a code). Raises BadPayload: too long, or not ASCII."""
        text = self.text(fields).strip()
        if len(text) > limit_chars:
            raise BadPayload("too_long", self.name)
        if not (text.isascii() and text.isprintable()):
            raise BadPayload("unreadable", self.name)
        return text


class Matcher:
    """A condition that can be asked."""

    __slots__ = ("_begins", "_field", "_values")

    def __init__(self, condition: Condition) -> None:
        self._field = FieldOf(condition.field)
        self._begins = condition.begins
        values = condition.values
        self._values = None if values is None else frozenset(each.lower() for each in values)

    def holds(self, fields: Fields) -> bool:
        text = self._field.text(fields).strip()
        if self._values is not None:
            return text.lower() in self._values
        if self._begins is not None:
            return text.startswith(self._begins)
        return any(name in fields for name in self._field.names)


def _matchers(conditions: Sequence[Condition] | None) -> tuple[Matcher, ...] | None:
    return None if conditions is None else tuple(Matcher(each) for each in conditions)


def _all_hold(matchers: tuple[Matcher, ...], fields: Fields) -> bool:
    return all(one.holds(fields) for one in matchers)


def code_of(word: str) -> str:
    """A service's code as services are named, from `713`, `*713#` or `*713*1`; '' where it is
    none."""
    core = word.strip("*#")
    return f"*{core}#" if core and _DIALLED.fullmatch(word) else ""


class Gateway:
    """One gateway: `parse` and `screen` are what its webhook does."""

    def __init__(self, name: str, file: GatewayFile) -> None:
        self.name = name
        self.file = file
        request, session = file.request, file.session
        self._session = tuple(FieldOf(each) for each in request.session)
        self._msisdn = FieldOf(request.msisdn)
        self._text = FieldOf(request.text) if request.text else None
        self._code = FieldOf(request.code) if request.code else None
        self._network = FieldOf(request.network) if request.network else None
        self._hop_id = FieldOf(request.hop_id) if request.hop_id else None
        self._first = _matchers(session.first)
        self._continues = _matchers(session.continues)
        self._ended = [(each, _matchers(each.when) or ()) for each in session.ended]
        self._show = Template(file.reply, file.reply.continues)
        self._end = Template(file.reply, file.reply.ends)
        self._echo = tuple(FieldOf(each) for each in sorted(self._show.fields | self._end.fields))
        self._wanted = frozenset(self._wanted_names())
        self._path = tuple(request.path.split("/")) if request.path else ()

    def provider(self) -> Provider:
        """As the registry knows it."""
        reply, limits = self.file.reply, self.file.limits
        settings: dict[str, int | bool] = {"budget_septets": limits.septets}
        if limits.ucs2:
            settings["ucs2"] = True
        request = self.file.request
        kind = Kind(
            *(KIND, self.parse, self.screen),
            methods=(request.method, request.also) if request.also else (request.method,),
            reads_path=bool(request.path),
        )
        return Provider(
            name=self.name,
            kinds={KIND: kind},
            ack=HttpReply(200, reply.content_type, reply.acknowledges.encode(reply.encoding)),
            service_settings=settings,
        )

    def parse(self, body: bytes, _content_type: str = "") -> UssdHop | UssdEnded:
        """A hop, or that the session is over. Raises BadPayload."""
        fields = self._read(body)
        for ending, matchers in self._ended:
            if _all_hold(matchers, fields):
                return self._over(ending, fields)
        is_first = self._is_first(fields)
        address = self._address(fields)
        if not address and not (self.file.request.msisdn_in_first_only and is_first is not True):
            raise BadPayload("missing", self._msisdn.name)
        text = one_line(self._text.text(fields)) if self._text else ""
        is_long = len(text) > TEXT_MAX_CHARS
        code = code_of(self._code.word(fields, SERVICE_CODE_MAX_CHARS)) if self._code else ""
        last = None
        if self.file.request.accumulates == "last":
            last = LastInput(
                is_first,
                "" if is_first is False else self._dialled(text, code),
                self._hop_id.word(fields, SESSION_ID_MAX_CHARS) if self._hop_id else "",
                self.file.session.copy_within_s,
                self.file.request.msisdn_in_first_only,
                self.file.session.ids_unique,
            )
            code = ""
            if is_first:
                text = ""
        elif not is_long:
            text = self._whole(text, code)
        return UssdHop(
            self.name,
            code,
            self._session_id(fields),
            address,
            text[:TEXT_MAX_CHARS],
            self._network_of(fields),
            is_long,
            last,
            {each.name: self._raw(each, fields) for each in self._echo} if self._echo else None,
        )

    def screen(self, text: str, ends: bool, hop: UssdHop | None = None) -> HttpReply:
        """The answer that shows this screen. Raises ValueError for an empty one."""
        echo = hop.echo if hop is not None and hop.echo else {}
        number = hop.last.hop_id if hop is not None and hop.last is not None else ""
        next_hop = int(number) + 1 if number.isdigit() and len(number) < 16 else 1
        return (self._end if ends else self._show).fill(text, echo, next_hop)

    # --- reading ------------------------------------------------------------------------------

    def _wanted_names(self) -> list[str]:
        request, session = self.file.request, self.file.session
        found = [*request.session, request.msisdn]
        found += [each for each in (request.text, request.code, request.network) if each]
        found += [request.hop_id] if request.hop_id else []
        conditions = [*(session.first or ()), *(session.continues or ())]
        conditions += [condition for ending in session.ended for condition in ending.when]
        found += [condition.field for condition in conditions]
        found += [each.name for each in self._echo]
        return [name for each in found for name in each.split("|")]

    def _read(self, body: bytes) -> Fields:
        """The wanted fields, and those of the path, which stands above the body."""
        if not self._path:
            return read(self.file.request.format, body, self._wanted)
        line, _, body = body.partition(b"\n")
        segments = line.decode("utf-8", "replace").strip("/\r").split("/")
        if len(segments) != len(self._path):
            raise BadPayload("not_the_path")
        in_path: Fields = {}
        for name, segment in zip(self._path, segments, strict=True):
            if name.startswith("$"):
                in_path[name] = segment
            elif name != segment:
                raise BadPayload("not_the_path")
        return read(self.file.request.format, body, self._wanted) | in_path

    def _is_first(self, fields: Fields) -> bool | None:
        if self._first is None:
            return None
        if _all_hold(self._first, fields):
            return True
        if self._continues is None or _all_hold(self._continues, fields):
            return False
        if self.file.session.otherwise == "refused":
            raise BadPayload("neither_first_nor_next")
        return None

    def _session_id(self, fields: Fields) -> str:
        words = [each.word(fields, SESSION_ID_MAX_CHARS) for each in self._session]
        if not all(words):
            raise BadPayload("missing", self._session[words.index("")].name)
        return ":".join(words)

    def _address(self, fields: Fields) -> str:
        """E.164 with a plus, or with a leading zero as it is; '' where there is none. Raises
        BadPayload."""
        word = self._msisdn.text(fields).strip().lstrip("+")
        if not word:
            return ""
        digits = word if word.isdigit() else word.translate(_NOT_IN_A_NUMBER)
        is_long_enough = PHONE_MIN_DIGITS <= len(digits) <= PHONE_MAX_DIGITS
        if not is_long_enough or not (digits.isascii() and digits.isdigit()):
            raise BadPayload("not_a_phone_number", self._msisdn.name)
        return digits if digits.startswith("0") else f"+{digits}"

    def _network_of(self, fields: Fields) -> str:
        if self._network is None:
            return ""
        try:
            return self._network.word(fields, NETWORK_MAX_CHARS)
        except BadPayload:
            return ""

    def _dialled(self, text: str, code: str) -> str:
        """What was dialled, if this is the first hop."""
        text = text.strip()
        way = self.file.request.first_text
        if way == "nothing" or not _DIALLED.fullmatch(text):
            return code
        if way == "digits" and code:
            core, digits = code.strip("*#"), text.strip("*#")
            if digits == core or digits.startswith(f"{core}*"):
                return f"*{digits}#"
            return f"*{core}*{digits}#" if digits else code
        # A bare number is what was dialled only where nothing else says the code.
        return code if code and not text.startswith("*") else code_of(text)

    def _whole(self, text: str, code: str) -> str:
        """The whole text so far, joined by stars, without the code where that stands before it."""
        request = self.file.request
        if request.separator != "*":
            text = text.replace(request.separator, "*")
        if request.accumulates == "whole":
            return text
        typed, core = text.removesuffix("#").lstrip("*"), code.strip("*#")
        if typed == core or not typed:
            return ""
        if not typed.startswith(f"{core}*"):
            raise BadPayload("not_the_code", self._text.name if self._text else "")
        return typed[len(core) + 1 :]

    @staticmethod
    def _raw(field: FieldOf, fields: Fields) -> object:
        return next((fields[name] for name in field.names if name in fields), "")

    def _over(self, ending: Ending, fields: Fields) -> UssdEnded:
        """What was typed is not read."""
        words = [each.text(fields).strip()[:SESSION_ID_MAX_CHARS] for each in self._session]
        return UssdEnded(
            provider=self.name,
            service_code=code_of(self._code.text(fields).strip()) if self._code else "",
            session_id=":".join(words) if all(words) else "",
            address="",
            network=self._network_of(fields),
            status=ending.status,
            at=None,
            duration_ms=None,
            hops=None,
            cost=None,
            reply_prefix="",
            reply_chars=0,
            error="",
        )


def load(path: Path) -> Gateway:
    """The gateway of a file, named like it. Raises GatewayFaults."""
    file, _ = read_file(path)
    return Gateway(path.stem, file)
