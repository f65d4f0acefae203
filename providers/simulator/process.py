"""The fakes' process: the companies' side of every wire, and a phone to try it with.

For demo and tests, on loopback only. `/at/…` is Africa's Talking's REST side, `/kannel/…` a
Kannel's, `/meta/…` Meta's and `/twilio/…` Twilio's; `/momo/…`, `/airtel/…` and so on are those of
payment providers; `/phone/…` is a handset on the USSD gateway, with an inbox, and `/phone/whatsapp`
and `/phone/twilio` its chats, driven by JSON.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from providers.africastalking.airtime_fake import AirtimeFake
from providers.africastalking.callbacks import Callbacks
from providers.africastalking.fake import RestFake
from providers.africastalking.gateway import Gateway, GatewayOptions
from providers.airtel_money.fake import AirtelFake
from providers.flutterwave.fake import FlutterwavePaymentsFake
from providers.flutterwave_rates.fake import FlutterwaveFake
from providers.frankfurter.fake import FrankfurterFake
from providers.hubtel_money.fake import HubtelFake
from providers.kannel.callbacks import Callbacks as KannelCallbacks
from providers.kannel.fake import SmsboxFake
from providers.limits import BODY_MAX_BYTES
from providers.meta.handset import WhatsApp
from providers.meta.handset import forget as forget_chats
from providers.mobile_money.fake import PaymentFake
from providers.mpesa_daraja.fake import DarajaFake
from providers.mtn_momo.fake import MomoFake
from providers.paystack.fake import PaystackFake
from providers.simulator import bad_network, control
from providers.simulator.dialling import Dialling
from providers.simulator.faults import Scripted
from providers.simulator.hooks import HookSource, kept_for
from providers.simulator.inbox import Texts
from providers.simulator.loopback import HttpPost, is_loopback_host, listen
from providers.simulator.network import NoSuchSession, SessionBusy, SessionOver
from providers.simulator.texting import Texting
from providers.simulator.timers import Later
from providers.simulator.uplink import Uplink
from providers.twilio.handset import Twilio
from providers.twilio.handset import forget as forget_twilio

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOOKS_KEPT_S = 1.0
POLL_S = 0.05
MOMO_MARKET = "mtnrwanda"
APPROVED_AFTER_S = 4.0
TEXTS_FILE = "africastalking-texts.jsonl"
KANNEL_TEXTS_FILE = "kannel-texts.jsonl"
WRITTEN_FILE = "written-texts.jsonl"
_STATUSES: dict[type[Exception], int] = {
    NoSuchSession: 404,
    SessionOver: 409,
    SessionBusy: 409,
    ValueError: 400,
}
_PAYMENTS: dict[str, Callable[..., PaymentFake]] = {
    "airtel": AirtelFake,
    "daraja": DarajaFake,
    "flw": FlutterwavePaymentsFake,
    "hubtel": HubtelFake,
    "paystack": PaystackFake,
}


class Fakes:
    """All fakes and their HTTP server. `url` is where it listens, e.g. `http://127.0.0.1:8001`.

    `state_dir` None keeps nothing over a restart. `hooks` is asked at most once a second.
    `public_url` is by what address we are known outside, which some companies sign.
    `momo_environment` is the market that MTN MoMo is in.
    """

    def __init__(
        self,
        host: str,
        port: int,
        hooks: HookSource,
        state_dir: Path | None = None,
        *,
        accounts: Mapping[str, str] | None = None,
        seed: int | None = None,
        hooks_kept_s: float = HOOKS_KEPT_S,
        public_url: str = "",
        momo_environment: str = "sandbox",
    ) -> None:
        self._server = listen(host, port, self)
        source = self._source = kept_for(hooks_kept_s, hooks)
        self.later = Later()
        self.post = HttpPost()
        self.texts = Texts(state_dir / TEXTS_FILE if state_dir else None)
        self.callbacks = Callbacks(source, self.texts, self.later, self.post)
        self.rest = RestFake(self.texts, self.callbacks, accounts=accounts, seed=seed)
        self.airtime = AirtimeFake(self.rest.authorized, source, self.later, self.post, seed=seed)
        self.gateway = Gateway(source, seed=seed, post=self.post, later=self.later)
        kannel_texts = Texts(state_dir / KANNEL_TEXTS_FILE if state_dir else None)
        self.kannel = SmsboxFake(
            kannel_texts,
            KannelCallbacks(source, kannel_texts, self.later, self.post, seed),
            accounts=accounts,
        )
        # What handsets write, and what a bad network makes of it.
        self.written = Texts(state_dir / WRITTEN_FILE if state_dir else None)
        self.uplink = Uplink(self.later)
        self.troubles: tuple[str, ...] = ()
        self.whatsapp = WhatsApp(source, state_dir, self.later, self.post, uplink=self.uplink)
        self.twilio = Twilio(
            *(source, state_dir, self.later, self.post), accounts=accounts, public_url=public_url
        )
        # What a handset's inbox shows, whichever company brought it.
        self._inboxes = (self.texts, kannel_texts, self.twilio.texts)
        self.momo = MomoFake(
            *(self.later, self.post.send, "/momo"),
            accounts=accounts,
            environment=momo_environment,
            seed=seed,
        )
        self.payments: dict[str, PaymentFake] = {"momo": self.momo} | {
            name: make(self.later, self.post.send, f"/{name}", accounts=accounts, seed=seed)
            for name, make in _PAYMENTS.items()
        }
        self.flutterwave = FlutterwaveFake("/flutterwave")
        self.frankfurter = FrankfurterFake("/frankfurter", market=self.flutterwave.market)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._server.port}"
        # The companies' own paths, the longer first.
        self._companies: tuple[tuple[str, Callable[[Request], Response]], ...] = (
            ("/at/version1/airtime/", self.airtime.respond),
            ("/at/version1/", self.rest.respond),
            ("/kannel/", self.kannel.respond),
            ("/meta/", self.whatsapp.graph.respond),
            ("/twilio/", self.twilio.messages.respond),
            *((f"/{name}/", fake.respond) for name, fake in self.payments.items()),
            ("/flutterwave/", self.flutterwave.respond),
            ("/frankfurter/", self.frankfurter.respond),
        )
        dialling = Dialling(self.gateway)
        texting = Texting(
            source,
            inboxes=self._inboxes,
            written=self.written,
            uplink=self.uplink,
            callbacks=self.callbacks,
            kannel=self.kannel.callbacks,
            twilio=self.twilio,
        )
        self._routes: dict[tuple[str, str], Callable[[Request], object]] = {
            ("GET", "/healthz"): lambda _: {"ok": True},
            ("POST", "/phone/dial"): dialling.dial,
            ("POST", "/phone/answer"): dialling.answer,
            ("POST", "/phone/twice"): dialling.twice,
            ("POST", "/phone/repeat"): dialling.repeat,
            ("POST", "/phone/hangup"): dialling.on_session(self.gateway.hang_up),
            ("POST", "/phone/timeout"): dialling.on_session(self.gateway.time_out),
            ("POST", "/phone/redial"): dialling.on_session(self.gateway.redial),
            ("GET", "/phone/inbox"): texting.inbox,
            ("GET", "/phone/thread"): texting.thread,
            ("POST", "/phone/text"): texting.text,
            ("POST", "/phone/optout"): texting.opt_out,
            ("POST", "/phone/forget"): self._forget,
            ("GET", "/phone/services"): lambda _: control.dialled(source()),
            ("GET", "/phone/addresses"): lambda _: control.addresses(source()),
            ("GET", "/phone/log"): self._log,
            ("GET", "/phone/duplicates"): lambda _: [
                twice for texts in self._all_texts for twice in texts.twice()
            ],
            ("GET", "/phone/faults"): lambda _: {"network": self.troubles},
            ("POST", "/phone/faults"): self._faults,
            **self.whatsapp.routes,
            **self.twilio.routes,
        }
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name="fakes-http", daemon=True
        )

    @property
    def _all_texts(self) -> tuple[Texts, ...]:
        return *self._inboxes, self.whatsapp.sent, self.twilio.chats

    def start(self) -> Fakes:
        """Listen and go on with the reports of an earlier run; returns at once."""
        self.callbacks.resume()
        self.kannel.callbacks.resume()
        self.whatsapp.callbacks.resume()
        self.twilio.callbacks.resume()
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop listening, drop what was planned, close the file."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=10)
        self._server.server_close()
        self.later.close()
        self.post.close()
        self.texts.close()
        self.kannel.texts.close()
        self.written.close()
        self.whatsapp.close()
        self.twilio.close()

    def __enter__(self) -> Fakes:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- HTTP ---------------------------------------------------------------------------------

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = BODY_MAX_BYTES
        return self._respond(request)(environ, start_response)

    def _respond(self, request: Request) -> Response:
        try:
            for prefix, company in self._companies:
                if request.path.startswith(prefix):
                    return company(request)
            return control.reply(200, self._route(request)(request))
        except HTTPException as error:
            return control.reply(error.code or 500, {"error": error.name.lower()})
        except tuple(_STATUSES) as error:
            status = next(code for kind, code in _STATUSES.items() if isinstance(error, kind))
            return control.reply(status, {"error": str(error)[:120]})
        except Exception:
            # The hooks could not be read: their source's words may carry a password.
            return control.reply(503, {"error": "not now"})

    def _route(self, request: Request) -> Callable[[Request], object]:
        # A web page elsewhere can aim a name at 127.0.0.1; the browser still says the name.
        if not is_loopback_host(re.sub(r":\d+$", "", request.host)):
            raise Forbidden
        route = self._routes.get((request.method, request.path))
        if route is None:
            known = any(path == request.path for _, path in self._routes)
            raise MethodNotAllowed if known else NotFound
        return route

    # --- scripting and looking on -------------------------------------------------------------

    def _forget(self, request: Request) -> object:
        """Empty the inboxes of what these accounts have sent."""
        accounts = control.json_of(request).get("accounts")
        if not isinstance(accounts, list) or not all(isinstance(each, str) for each in accounts):
            raise ValueError("accounts: a list of names, please")
        for texts in (self.texts, self.kannel.texts, self.written):
            texts.forget(lambda text: text.username in accounts)
        self.whatsapp.forget(accounts)
        self.twilio.forget(accounts)
        return {"ok": True}

    def _faults(self, request: Request) -> object:
        """All of it is checked before any of it is applied. `network` names what is bad about the
        whole network, and stands for the rest."""
        wanted = control.json_of(request)
        companies: dict[str, Scripted] = {
            "sms": self.rest,
            "kannel": self.kannel,
            "whatsapp": self.whatsapp,
            "twilio": self.twilio,
            **self.payments,
            "rates": self.flutterwave,
        }
        if set(wanted) - {"reset", "network", "ussd", *companies}:
            raise ValueError("only reset, network, ussd, " + ", ".join(companies))
        troubles = () if wanted.get("reset") else self.troubles
        if "network" in wanted:
            troubles = bad_network.checked(wanted["network"])
            wanted = bad_network.script(troubles)
        options = GatewayOptions() if wanted.get("reset") else self.gateway.options
        options = options.changed(control.mapping(wanted, "ussd"))
        for name, company in companies.items():
            company.read_script(control.mapping(wanted, name))
        if wanted.get("reset"):
            self.airtime.clear()
            for company in companies.values():
                company.clear()
        for name, company in companies.items():
            company.read_script(control.mapping(wanted, name))()
        self.gateway.options = options
        if troubles != self.troubles:
            self.uplink.reset(bad_network.uplink(troubles))
            self.troubles = troubles
        return {"ok": True}

    def _log(self, request: Request) -> object:
        """The callbacks so far, newest last, without secrets: no path secret, no PIN.

        With `?session=`, those of one session and what they carried, but for what was typed.
        """
        counts = self.callbacks.counts
        exchanges = list(self.gateway.exchanges)
        session = request.args.get("session")
        if session is not None:
            codes = {service["service"] for service in control.dialled(self._source())}
            mine = [each for each in exchanges if each.request.session == session]
            return {"exchanges": [control.carried(each, codes) for each in mine]}
        return {
            "exchanges": [control.exchanged(each) for each in exchanges],
            "sms": {
                "requests": self.rest.requests,
                "accepted": len(self.texts.find(lambda _: True)),
                "duplicates": len(self.texts.twice()),
            },
            "whatsapp": self.whatsapp.log(),
            "callbacks": {
                "taken": counts.taken,
                "retried": counts.retried,
                "given_up": counts.given_up,
                "no_hook": counts.no_hook,
            },
        }


def serve(
    host: str,
    port: int,
    hooks: Callable[[], Sequence[Any]],
    state_dir: Path,
    *,
    accounts: Mapping[str, str] | None = None,
    public_url: str = "",
) -> None:
    """Run the fakes until SIGTERM or SIGINT. Raises ValueError off loopback, OSError: port taken.

    `accounts` maps usernames to API keys; None takes any. `public_url` is as in `Fakes`.
    """
    stop = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        stop.set()

    # Before anybody can ask whether they are there: who asked may end them at once.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    fakes = Fakes(
        *(host, port, hooks, state_dir),
        accounts=accounts,
        public_url=public_url,
        momo_environment=MOMO_MARKET,
    )
    # As long as somebody needs to read the prompt and type a PIN.
    wallets = fakes.momo.wallets
    wallets.options = replace(wallets.options, settle_after_s=APPROVED_AFTER_S)
    with fakes:
        stop.wait()


def forget(state_dir: Path, accounts: Container[str]) -> None:
    """Drop what these accounts have sent from what fakes that are not running keep."""
    for name in (TEXTS_FILE, KANNEL_TEXTS_FILE, WRITTEN_FILE):
        if (state_dir / name).exists():
            texts = Texts(state_dir / name)
            texts.forget(lambda text: text.username in accounts)
            texts.close()
    forget_chats(state_dir, accounts)
    forget_twilio(state_dir, accounts)
