"""Phones on gateways that are files: the real application, and requests as each wire has them."""

import json
import shutil
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from werkzeug.test import Client

from app.webhooks import views
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import Hooks
from tests.support.ibimina import FOLDER
from tests.support.tenants import KEYS, write_folders
from tests.support.ussd import CODE, UssdTenant
from values import clock
from workers.sending.accounts import Accounts

THINKS_S = 5.0  # nobody reads a screen and types in less


class Time:
    """The clock of our turns, which a test moves."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self._epoch_s = clock.epoch_s

    def now(self) -> float:
        return self._epoch_s() + self.ahead_s

    def pass_by(self, seconds: float) -> None:
        self.ahead_s += seconds


@dataclass(frozen=True)
class Shown:
    """An answer: its bytes as a gateway gets them, and what a phone shows of it."""

    raw: tuple[int, bytes, tuple[tuple[str, str], ...]]
    text: str
    ends: bool


class Gateways:
    """The webhooks of a tenant that is reached by several gateways."""

    def __init__(self, tenant: UssdTenant, time: Time, accounts: Accounts | None = None) -> None:
        self.tenant = tenant
        self.time = time
        accounts = accounts or Accounts()
        hooks = Hooks(
            tenant.turns,
            WebhookAuth(tenant.directory, KEYS),
            Callbacks(tenant.database, KEYS, tenant.directory, accounts),
            accounts,
            BodyLimit(4, lambda _shortest_s, _longest_s: 0, lambda _since: 0),
        )
        web = Flask("web", static_folder=None)
        web.register_blueprint(views.blueprint(hooks, takes_chunks=False))
        web.wsgi_app = WebhookFastPath(web.wsgi_app, hooks)  # type: ignore[method-assign]
        self.web = web

    def path(self, provider: str, code: str = CODE) -> str:
        found = self.tenant.directory.find(provider, "ussd", code)
        assert found is not None
        service = found[0]
        secret = KEYS.hook_secret(provider, "ussd", service.id, service.hook_generation)
        return f"/hooks/{provider}/ussd/{secret}"

    def ask(
        self, provider: str, request: bytes | str, code: str = CODE, behind: str = ""
    ) -> tuple[int, bytes, Any]:
        """Post a body, or get a query; `behind` is what the gateway appends to the address."""
        path = self.path(provider, code) + behind
        if isinstance(request, str):
            answer = Client(self.web).get(path, query_string=request)
        else:
            answer = Client(self.web).post(path, data=request)
        headers = tuple(sorted((name.lower(), value) for name, value in answer.headers.items()))
        return answer.status_code, answer.get_data(), headers


class Caller(ABC):
    """A phone on one wire. Each hop is sent twice, and both get the same bytes."""

    provider = ""

    def __init__(self, gateways: Gateways, who: str, session_id: str = "s-1") -> None:
        self.gateways = gateways
        self.number = gateways.tenant.people[who].phones[0]
        self.msisdn = self.number.lstrip("+")
        self.session_id = session_id
        self.hop = 0
        self.answers: list[str] = []
        self.dialled = CODE
        self.shown = Shown((0, b"", ()), "", True)
        self.sent: list[tuple[bytes | str, Shown]] = []

    def dial(self, dialled: str = CODE) -> str:
        self.hop, self.answers, self.dialled = 1, [], dialled
        return self.post()

    def type(self, *answers: str) -> str:
        for answer in answers:
            self.gateways.time.pass_by(THINKS_S)
            self.hop += 1
            self.answers.append(answer)
            self.post()
        return self.shown.text

    def post(self) -> str:
        request = self.request()
        self.shown = self.send(request)
        assert self.send(request) == self.shown, "a copy of a hop gets the reply of the hop"
        self.sent.append((request, self.shown))
        return self.shown.text

    def copies(self, count: int) -> set[Shown]:
        """The hop as it stands, many times at once."""
        request = self.request()
        with ThreadPoolExecutor(count) as threads:
            return set(threads.map(lambda _: self.send(request), range(count)))

    def send(self, request: bytes | str) -> Shown:
        raw = self.gateways.ask(self.provider, request)
        assert raw[0] == 200
        text, ends = self.read(raw[1])
        return Shown(raw, text, ends)

    @abstractmethod
    def request(self) -> bytes | str:
        """The hop as it stands: a body to post, or a query."""

    @abstractmethod
    def read(self, body: bytes) -> tuple[str, bool]:
        """The screen, and whether it ends."""

    @property
    def last(self) -> str:
        return self.answers[-1] if self.answers else self.dialled


class Safaricom(Caller):
    """All that was typed, in a query."""

    provider = "safaricom"

    def request(self) -> str:
        digits = self.dialled[len(CODE) : -1]
        text = "*".join([digits, *self.answers] if digits else self.answers)
        fields = {"ORIG": self.msisdn, "DEST": CODE.strip("*#"), "SESSION_ID": self.session_id}
        return urlencode(fields | {"USSD_PARAMS": text})

    def read(self, body: bytes) -> tuple[str, bool]:
        assert body[:4] in (b"CON ", b"END ")
        return body[4:].decode(), body.startswith(b"END ")


class Hubtel(Caller):
    """The last input, in JSON, with the number of the hop."""

    provider = "hubtel"

    def request(self) -> bytes:
        return json.dumps(
            {
                "Type": "Response" if self.answers else "Initiation",
                "Mobile": self.msisdn,
                "SessionId": self.session_id,
                "ServiceCode": CODE.strip("*#"),
                "Message": self.last,
                "Operator": "mtn",
                "Sequence": self.hop,
                "ClientState": "",
                "Platform": "USSD",
            }
        ).encode()

    def read(self, body: bytes) -> tuple[str, bool]:
        told = json.loads(body)
        assert told["SessionId"] == self.session_id
        return told["Message"], told["Type"] == "release"


class Nalo(Caller):
    """The last input, in JSON, without an id of anything."""

    provider = "nalo"

    def request(self) -> bytes:
        return json.dumps(
            {
                "USERID": "KOPA",
                "MSISDN": self.msisdn,
                "USERDATA": self.last,
                "MSGTYPE": not self.answers,
                "NETWORK": "MTN",
                "SESSIONID": f"KOPA{self.msisdn}",
            }
        ).encode()

    def read(self, body: bytes) -> tuple[str, bool]:
        told = json.loads(body)
        assert (told["USERID"], told["MSISDN"]) == ("KOPA", self.msisdn)
        return told["MSG"], not told["MSGTYPE"]


class TruRoute(Caller):
    """The last input, in XML."""

    provider = "truroute"

    def request(self) -> bytes:
        root = ET.Element("ussd")
        kind = "2" if self.answers else "1"
        fields = {"msisdn": self.msisdn, "sessionid": self.session_id, "type": kind}
        for name, value in (fields | {"msg": self.last}).items():
            ET.SubElement(root, name).text = value
        return ET.tostring(root)

    def read(self, body: bytes) -> tuple[str, bool]:
        told = ET.fromstring(body)
        return str(told.findtext("msg")), told.findtext("type") == "3"


class TrueAfrican(Caller):
    """The last input, by XML-RPC; only the first hop has the number."""

    provider = "trueafrican"

    def request(self) -> bytes:
        fields = {"session": self.session_id}
        if self.answers:
            method, fields = "USSD.CONT", fields | {"response": self.last}
        else:
            method = "USSD.INIT"
            fields |= {"msisdn": self.number, "shortcode": self.dialled}
        root = ET.Element("methodCall")
        ET.SubElement(root, "methodName").text = method
        value = ET.SubElement(ET.SubElement(ET.SubElement(root, "params"), "param"), "value")
        struct = ET.SubElement(value, "struct")
        for name, text in fields.items():
            member = ET.SubElement(struct, "member")
            ET.SubElement(member, "name").text = name
            ET.SubElement(ET.SubElement(member, "value"), "string").text = text
        return ET.tostring(root)

    def read(self, body: bytes) -> tuple[str, bool]:
        members = ET.fromstring(body).iter("member")
        told = {one.findtext("name"): one.findtext("value/string") for one in members}
        assert told["session"] == self.session_id
        return str(told["message"]), told["type"] == "end"


class AirtelFlares(Caller):
    """The last input, in a query; no word of a first hop; how it goes on is in a header."""

    provider = "airtel-flares"

    def request(self) -> str:
        typed = self.last if self.answers else self.dialled.strip("*#")
        fields = {"MSISDN": self.msisdn, "MSC": "msc", "input": typed}
        return urlencode(fields | {"SessionID": self.session_id})

    def send(self, request: bytes | str) -> Shown:
        shown = super().send(request)
        flow = dict(shown.raw[2])["freeflow"]
        return Shown(shown.raw, shown.text, flow == "FB")

    def read(self, body: bytes) -> tuple[str, bool]:
        return body.decode(), False


class Infobip(Caller):
    """The last input, in JSON, with the session in the path."""

    provider = "infobip"

    def request(self) -> bytes:
        what = "response" if self.answers else "start"
        fields = {"msisdn": self.msisdn, "shortCode": None, "ussdGwId": "live2"}
        body = json.dumps(fields | {"text": self.last}).encode()
        return f"/session/{self.session_id}/{what}\n".encode() + body

    def send(self, request: bytes | str) -> Shown:
        assert isinstance(request, bytes)
        behind, _, body = request.partition(b"\n")
        raw = self.gateways.ask(self.provider, body, behind=behind.decode())
        assert raw[0] == 200
        text, ends = self.read(raw[1])
        return Shown(raw, text, ends)

    def read(self, body: bytes) -> tuple[str, bool]:
        told = json.loads(body)
        assert told["responseExitCode"] == 200
        return told["ussdMenu"], told["shouldClose"]


WIRES: tuple[type[Caller], ...] = (
    *(Safaricom, Hubtel, Nalo, TruRoute, TrueAfrican, AirtelFlares, Infobip),
)


@pytest.fixture
def gateways(tenant: UssdTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gateways:
    """The tenant, reached by every wire, too."""
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    entries = (
        f'- {{provider: {wire.provider}, channel: ussd, code: "{CODE}", menu: menu.yaml}}\n'
        for wire in WIRES
    )
    with open(folder / "services.yaml", "a", encoding="utf-8") as file:
        file.writelines(entries)
    write_folders(tenant.urls.database_url, [folder])
    time = Time()
    monkeypatch.setattr(clock, "epoch_s", time.now)
    tenant.directory.refresh()
    return Gateways(tenant, time)
