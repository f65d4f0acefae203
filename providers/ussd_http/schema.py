"""What a gateway's file may say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from providers.ussd_http.source import GatewayFaults, Source, read_source

SEPTETS: Final = (60, 182)
COPY_WITHIN_S: Final = 2
COPY_WITHIN_S_MAX: Final = 10

_SENTENCES: Final = {
    "missing": "this is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "a text is needed here",
    "list_type": "a list is needed here",
    "model_type": "fields (name: value) are needed here",
    "dict_type": "fields (name: value) are needed here",
    "model_attributes_type": "fields (name: value) are needed here",
    "int_parsing": "a whole number is needed here",
    "bool_parsing": "yes or no is needed here",
}
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def wrong(text: str) -> PydanticCustomError:
    return PydanticCustomError("fault", text)


def _whole_field(value: str) -> str:
    if not all(value.split("|")):
        raise wrong('a field\'s name is needed here, or several with "|" between them')
    return value


# A field's name as it is on the wire, or several, of which the first that is there counts: `a|b`.
# In JSON `a.b` is b inside a; in XML it is the element b in a (both inside the root), and `a@b` is
# an attribute.
FieldName = Annotated[str, AfterValidator(_whole_field)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Condition(Part):
    """Holds where the field is there and, if one is given, has one of these values (in any case) or
    begins so. `is: [""]` holds where it is empty or not there."""

    field: FieldName
    values: list[str] | None = Field(None, alias="is")
    begins: str | None = None


class Ending(Part):
    """A notice that the session is over: no screen is shown."""

    when: list[Condition]
    status: Literal["success", "incomplete", "failed", "unknown"]


class RequestPart(Part):
    """Where the parts of a hop stand in the request.

    `accumulates`: `last` gives what was typed last, `whole` all of it joined by the separator,
    `dialled` the same behind the code, as if it had been dialled: `*415*1*2#`. `first_text` says
    what the text of a first hop is: the string that was dialled, the digits behind the code, or
    nothing that was typed. `path` is what the gateway writes behind the address, with fields of
    their own in it: in `session/$id/$what` these are `$id` and `$what`. `also` is the method of
    some requests.
    """

    method: Literal["POST", "GET"]
    format: Literal["form", "json", "xml", "xmlrpc"]
    session: list[FieldName] = Field(min_length=1)
    msisdn: FieldName
    msisdn_in_first_only: bool = False
    text: FieldName | None = None
    code: FieldName | None = None
    network: FieldName | None = None
    hop_id: FieldName | None = None
    accumulates: Literal["last", "whole", "dialled"] = "last"
    separator: Annotated[str, Field(min_length=1, max_length=1)] = "*"
    first_text: Literal["dialled", "digits", "nothing"] = "dialled"
    path: Annotated[str, Field(pattern=r"^\$?[a-z_]+(/\$?[a-z_]+){0,7}$")] | None = None
    also: Literal["PUT"] | None = None


class SessionPart(Part):
    """How a hop is told from another one.

    Without `first` the wire does not say, and whether there is such a session decides. With `first`
    every other hop continues, unless `continues` says which: then of one that is neither, what is
    known of its session decides (`otherwise: known`), or it is refused. `ids_unique` says that no
    session gets the id of another one, however much later.
    """

    first: list[Condition] | None = None
    continues: list[Condition] | None = None
    otherwise: Literal["known", "refused"] = "refused"
    ended: list[Ending] = []
    ids_unique: bool = False
    copy_within_s: Annotated[int, Field(ge=0, le=COPY_WITHIN_S_MAX)] = COPY_WITHIN_S


class Screen(Part):
    """The answer that shows a screen. In the body `$screen` is the screen, in JSON `$lines` a list
    of its lines, `$name` or `${a.b}` a field of the request as it came, `$next_hop` the hop's id
    and one more, `$$` a dollar."""

    body: str
    headers: dict[str, str] = {}

    @model_validator(mode="after")
    def _headers_are_headers(self) -> Screen:
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name) or not value.isprintable():
                raise wrong(f"{name[:40]} is no header")
        return self


class ReplyPart(Part):
    """Our answers. `format` says how what is put into a body is escaped; `newline` is what a line's
    end becomes, `replace` what may not be in a text and what stands for it."""

    format: Literal["text", "json", "xml"]
    content_type: str = Field(pattern=r"^[\x20-\x7e]+$")
    encoding: Literal["utf-8", "latin-1"] = "utf-8"
    newline: str = "\n"
    replace: dict[str, str] = {}
    continues: Screen
    ends: Screen
    acknowledges: str = ""


class Limits(Part):
    """How long a screen may be, in septets of GSM-7, and whether UCS-2 (70 units) is carried."""

    septets: Annotated[int, Field(ge=SEPTETS[0], le=SEPTETS[1])] = 160
    ucs2: bool = False


class ExpectedHop(Part):
    """A hop as it is to be read; what is not said is not there."""

    first: bool | None = None
    session: str
    msisdn: str = ""
    code: str = ""
    dialled: str = ""
    text: str = ""
    network: str = ""
    hop_id: str = ""


class ExpectedEnd(Part):
    status: str
    session: str = ""


class Example(Part):
    """A request, and what it is read as. `says` is a screen, and `continues` and `ends` the bodies
    that show it."""

    name: str
    request: str
    hop: ExpectedHop | None = None
    ended: ExpectedEnd | None = None
    refused: str | None = None
    says: str = ""
    continues: str | None = None
    ends: str | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Example:
        if sum(each is not None for each in (self.hop, self.ended, self.refused)) != 1:
            raise wrong("hop, ended or refused: one of them is needed")
        if (self.continues or self.ends) and not (self.says and self.hop):
            raise wrong("continues and ends need hop, and says")
        return self


class GatewayFile(Part):
    """A gateway. `sources` are where its facts are from, `notes` what is not settled."""

    title: str
    sources: list[str] = Field(min_length=1)
    notes: str = ""
    request: RequestPart
    session: SessionPart = SessionPart()
    reply: ReplyPart
    limits: Limits = Limits()
    examples: list[Example] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> GatewayFile:
        request, session = self.request, self.session
        if request.accumulates == "dialled" and request.code is None:
            raise wrong("request.accumulates: dialled needs request.code, which is cut off")
        if request.accumulates != "last" and (session.first or request.hop_id):
            raise wrong("request.accumulates: with the whole text neither first nor hop_id counts")
        bodies = self.reply.continues.body + self.reply.ends.body
        if self.reply.format != "json" and re.search(r"\$(lines\b|\{lines\})", bodies):
            raise wrong("reply: only JSON has $lines")
        if request.msisdn_in_first_only and session.first is None:
            raise wrong("request.msisdn_in_first_only needs session.first")
        if session.continues is not None and session.first is None:
            raise wrong("session.continues needs session.first")
        return self


def read_file(path: Path) -> tuple[GatewayFile, Source]:
    """A gateway's file. Raises GatewayFaults with all that is wrong with it."""
    source = read_source(path)
    try:
        return GatewayFile.model_validate(source.data), source
    except ValidationError as found:
        errors: list[Any] = found.errors(include_url=False, include_input=False)
        raise GatewayFaults(
            [
                source.fault(error["loc"], _SENTENCES.get(error["type"], error["msg"]))
                for error in errors
            ]
        ) from None
