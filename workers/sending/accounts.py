"""With which credential a service's texts are sent, and under which name: in a demo the fakes' (any
key will do there), otherwise the installation's."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.tenants.directory import Service
from engine.turn.replies import WITH_CHOICES
from providers import registry
from providers.contracts.chat import ChatSender
from providers.contracts.errors import UnknownProvider
from providers.contracts.files import FileSource
from providers.contracts.messages import Account, Refused, Sender
from providers.contracts.payments import Payments
from providers.registry import Provider
from workers.sending.policy import Pauses

S = TypeVar("S")

# Where each company's side stands in the fakes' process.
FAKES = {
    "africastalking": "/at",
    "kannel": "/kannel",
    "meta": "/meta",
    "mtn_momo": "/momo",
    "twilio": "/twilio",
}
# The kind of callback that says what became of a text, and of a message in a chat.
REPORTS = "sms-report"
CHAT_REPORTS = "whatsapp-report"
# What the fakes show and sign with.
DEMO_SECRET = "demo"  # noqa: S105 - no secret: everybody may know it
# The market that the fake of MTN MoMo is in, and what its products open by.
FAKE_MARKET: Mapping[str, tuple[tuple[str, str], ...]] = {
    "mtn_momo": (
        ("environment", "mtnrwanda"),
        ("collection_key", DEMO_SECRET),
        ("disbursement_key", DEMO_SECRET),
    )
}


@dataclass(frozen=True, slots=True)
class Installed:
    """An account that this installation has at a provider, under a name of its own."""

    name: str
    provider: str
    account: Account


@dataclass(frozen=True, slots=True)
class Way:
    """How a text of a service goes out: by `sender`, or into a chat by `chats`.
    Pauses and rates are kept by `account`, which is the provider with the account's name in the
    file, and by `account_sender`, the account with the sender id: never by the secret."""

    provider: str
    channel: str
    account: str
    sender_id: str | None
    sender: Sender | None
    chats: ChatSender | None
    zone: str  # of the tenant: on whose day it is charged
    # So many messages a second the provider takes on this account; 0 where nobody says so.
    messages_a_second: float = 0.0
    # Whom nobody wrote to first: so many people a day the account's portfolio may reach, which
    # other accounts may share; 0 where nobody says so.
    portfolio: str = ""
    people_a_day: int = 0
    report_url: str = ""  # where reports go, at a provider that learns it with each text
    address: str = ""  # of ours, as the provider names it: what a chat's message leaves from
    fetches_files: bool = False  # the provider takes the address of a file, and not its bytes
    keyword: str = ""  # of a code that businesses share, which then sends in nobody's name

    @property
    def account_operation(self) -> str:
        return f"{self.account} texts"

    @property
    def account_sender(self) -> str:
        return f"{self.account} {self.sender_id or '-'}"

    @property
    def names(self) -> tuple[str, str, str]:
        """All that may be paused of it."""
        return self.account, self.account_operation, self.account_sender

    def named(self, pauses: Pauses) -> str:
        """What an answer is about, by its name; "" where it is about nothing of these."""
        names = {
            Pauses.ACCOUNT: self.account,
            Pauses.OPERATION: self.account_operation,
            Pauses.SENDER: self.account_sender,
        }
        return names.get(pauses, "")


def second_of(service: Service) -> Service | None:
    """The same service as it is at the tenant's second provider, where it has one."""
    second = service.settings.get("second")
    if not second:
        return None
    settings = service.settings | {"account": second.get("account")}
    return replace(service, provider=second["provider"], settings=settings)


@dataclass(slots=True)
class Accounts:
    """Finds the way out for a service. Senders hold no state, so each is made once."""

    fakes_url: str = ""
    installation: Sequence[Installed] = ()
    # The address of a service's hook of a kind.
    hook_url: Callable[[Service, str], str] | None = None
    # The address of a file of a tenant's message, for a provider that fetches files.
    file_url: Callable[[uuid.UUID, uuid.UUID], str] | None = None
    _senders: dict[tuple[str, Account], Sender] = field(default_factory=dict)
    _chat_senders: dict[tuple[str, Account], ChatSender] = field(default_factory=dict)
    _payments: dict[tuple[str, Account], Payments] = field(default_factory=dict)
    _files: dict[tuple[str, Account], FileSource] = field(default_factory=dict)

    # Of fakes there is an account a tenant; a changed one leaves its old sender behind.
    KEPT_MAXIMUM = 1_000

    def ways(self, service: Service) -> tuple[Way, ...]:
        """How a text of a service goes out, and after it the tenant's second provider, which takes
        over what provably never left. Raises Refused (bad_account) when there is no usable
        credential for either."""
        others = second_of(service)
        if others is None:
            return (self.way(service),)
        found: list[Way] = []
        for one, sender_id in ((service, None), (others, service.settings["second"].get("code"))):
            try:
                found.append(self.way(one, sender_id))
            except Refused as error:
                refused = error
        if not found:
            raise refused
        return tuple(found)

    def way(self, service: Service, sender_id: str | None = None) -> Way:
        """How a text of a service goes out by its own provider, from `sender_id` or what it says
        itself. Raises Refused (bad_account) when there is no usable credential."""
        name = service.provider
        named, account = self._found(service)
        address = sender_id or service.wire_address
        # Who wrote to a number is answered from it.
        own = service.wire_address if service.channel != "ussd" else None
        in_chats = service.channel in WITH_CHOICES
        keyword = str(service.settings.get("keyword") or "") if service.channel == "sms" else ""
        sender_id = sender_id or own or service.tenant.settings.get("sms_sender")
        return Way(
            provider=name,
            channel=service.channel,
            account=_known_as(name, named, account),
            sender_id=str(sender_id) if sender_id and not keyword else None,
            sender=None if in_chats else self._sender(name, account),
            chats=self._chat_sender(name, account) if in_chats else None,
            zone=service.tenant.zone.key,
            messages_a_second=_rate(account),
            portfolio=f"{name}:{account.option('portfolio') or account.username}",
            people_a_day=int(account.option("people_a_day") or 0),
            report_url=self._report_url(service),
            address=address,
            fetches_files=registry.find(name).fetches_files,
            keyword=keyword,
        )

    def _report_url(self, service: Service) -> str:
        reports = CHAT_REPORTS if service.channel == "whatsapp" else REPORTS
        return self.callback_url(service, reports)

    def payments(self, wallet: Service) -> Payments:
        """What asks for money and pays it out by a wallet's account. Raises Refused (bad_account)
        when there is no usable credential."""
        name, account = wallet.provider, self.account(wallet)
        known = self._payments.get((name, account))
        if known is None:
            known = self._made(self._payments, name, account, lambda found: found.payments)
        return known

    def files(self, service: Service) -> FileSource:
        """What fetches files that people sent to a service. Raises Refused (bad_account) when there
        is no usable credential."""
        name, account = service.provider, self.account(service)
        known = self._files.get((name, account))
        if known is None:
            known = self._made(self._files, name, account, lambda found: found.files)
        return known

    def callback_url(self, service: Service, kind: str) -> str:
        """Where a provider that learns it with each request calls back; '' where it does not."""
        reader = registry.find(service.provider).kinds.get(kind)
        if self.hook_url is None or reader is None or not reader.told:
            return ""
        return self.hook_url(service, kind)

    def _sender(self, name: str, account: Account) -> Sender:
        known = self._senders.get((name, account))
        if known is None:
            known = self._made(self._senders, name, account, lambda found: found.sender)
        return known

    def _chat_sender(self, name: str, account: Account) -> ChatSender:
        known = self._chat_senders.get((name, account))
        if known is None:
            known = self._made(self._chat_senders, name, account, lambda found: found.chat_sender)
        return known

    def _made(
        self,
        kept: dict[tuple[str, Account], S],
        name: str,
        account: Account,
        make_of: Callable[[Provider], Callable[[Account], S] | None],
    ) -> S:
        """A sender for an account, kept. Raises Refused (bad_account) where the provider has none
        of this kind, or the account cannot be used."""
        try:
            make = make_of(registry.find(name))
        except UnknownProvider:
            make = None
        if make is None:
            raise Refused("bad_account", never_left=True, alarm=True)
        if len(kept) >= self.KEPT_MAXIMUM:
            kept.clear()
        made = kept[name, account] = make(account)
        return made

    def name(self, service: Service) -> str:
        """By what name the account of a service is known; "" where it has none. Two services of
        one name are reached by the same credential: an account of the file goes by its name there,
        since two of one provider may have the same user."""
        try:
            named, account = self._found(service)
        except Refused:
            return ""
        return _known_as(service.provider, named, account)

    def account(self, service: Service) -> Account:
        """The account of a service: the one that its settings name, else its provider's first.

        Raises Refused (bad_account) when there is no usable credential.
        """
        return self._found(service)[1]

    def _found(self, service: Service) -> tuple[str, Account]:
        """An account and its name in the file; of the fakes it has none."""
        provider = service.provider
        if self.fakes_url and provider in FAKES:
            # The fake calls back by account: to the tenant that it is named like.
            tenant = service.tenant
            username = str(tenant.settings.get("demo_account") or tenant.slug)
            base_url = self.fakes_url + FAKES[provider]
            # As the file of accounts has it; a provider passes over what it does not know.
            own: tuple[tuple[str, str], ...]
            own = (("portfolio", username), ("verify_token", DEMO_SECRET))
            own += FAKE_MARKET.get(provider, ())
            signed = (DEMO_SECRET,)
            made = Account(username, DEMO_SECRET, base_url, signing_secrets=signed, options=own)
            return "", made
        named = service.settings.get("account")
        for installed in self.installation:
            if installed.provider == provider and named in (None, installed.name):
                return installed.name, installed.account
        raise Refused("bad_account", never_left=True, alarm=True)


def _known_as(provider: str, named: str, account: Account) -> str:
    """What an account goes by: its name in the file, or its user where it is a fake's."""
    return f"{provider}:{named or account.username}"


def _rate(account: Account) -> float:
    """What the provider takes on an account, as its `messages_a_second` says."""
    return float(account.option("messages_a_second") or 0)
