"""Reads a confirmation text: whose it is, which format it has, and what the format's fields are.

The labelled details (balance, fee, id, time ...) are found first, wherever they stand, and cut out.
What is left begins with the sentence that says what happened, which one of the network's formats
must fit from its first word. Nothing is guessed: a text that quotes money in a wording that no
format has is `unknown`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.payments.evidence.figures import AMOUNT, BEFORE_MOMENT, MOMENT, read_money, read_moment
from core.payments.evidence.networks import Catalogue, Format, Network, catalogue, fold_sender
from core.payments.evidence.numbering import e164
from core.payments.evidence.parties import NOBODY, Party, find_end, read_party
from core.payments.evidence.reading import MOVEMENTS, Confirmation, Direction, Kind, Reading
from core.payments.evidence.spoofing import asks_for_secrets, broken_balance
from core.payments.evidence.template import AMOUNT_START, ANY_START, CUT, KEY_CHARACTERS, key_of

TEXT_CHARACTERS_MAXIMUM = 2_000  # thirteen parts of an SMS; no network writes so much

_WORD = re.compile(r"[a-z0-9]+")
_MOMENT = re.compile(MOMENT)
_BEFORE_MOMENT = re.compile(BEFORE_MOMENT)
_BEFORE_MOMENT_CHARACTERS = 30
_BANK_REFERENCE = re.compile(r"\d{3}_[a-z0-9]{4,40}+")
_AMOUNT = re.compile(AMOUNT)
_JUNK = re.compile(r"(?:[\s\x1f.,:;!#<>|-]|\*[rs](?![a-z0-9'])|\*|\d{2,3}(?=\*))*+")
_NOTE_END = re.compile(r"[.!](?=\s|\*|$)|\n|\*[a-z]{2}#|$")
_EMPTY = frozenset({"", "null", "none", "n/a", "na"})
_ID_LIKE = re.compile(r"(?=[A-Za-z._/-]*\d)[A-Za-z0-9][A-Za-z0-9._/-]{4,40}")
_NUMBER = re.compile(r"(?<![\w.-])\d{8,13}(?![\w.]\w)")
_OPEN_ENDED = frozenset({"payer", "ref", "note", "message", "aside"})
_MONEY_DETAILS = frozenset({"balance", "available", "fee", "skip"})
_OPENINGS_MAXIMUM = 5

_FOLDS = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " ", "\u202f": " ", "\u2013": "-"}


def read(confirmation: Confirmation, formats: Catalogue | None = None) -> Reading:
    """What the text says. Never raises: what cannot be read is `unknown`, with its reasons."""
    known = formats or catalogue()
    text = confirmation.text.strip()
    if len(text) > TEXT_CHARACTERS_MAXIMUM:
        return Reading("unknown", reasons=("longer than any network writes",))
    low = _fold(text)
    own = _by_sender(confirmation, known)
    likely = _likely(own, low)
    reading = _read_as(likely, text, low, known)
    if own:
        return _judged(reading or _notice(likely, text, low, known), own[0], low)
    # Nobody's sender: what it claims to be is still worth knowing, and never evidence.
    claimed = reading or _read_as(_likely(_claimable(confirmation, known), low), text, low, known)
    if claimed is None:
        claimed = _notice(known.networks, text, low, known, is_stranger=True)
        is_spoof = asks_for_secrets(low)
    else:
        is_spoof = asks_for_secrets(low) or claimed.kind in MOVEMENTS
    return replace(
        claimed,
        accept=False,
        spoof=is_spoof,
        reasons=(*claimed.reasons, "no network sends under this name"),
    )


def _fold(text: str) -> str:
    """Lower case without accents, character by character, so that places stay the same."""
    if text.isascii():
        return text.lower()
    folded = []
    for character in text:
        plain = _FOLDS.get(character) or unicodedata.normalize("NFD", character)[0].lower()
        folded.append(plain if len(plain) == 1 else character)
    return "".join(folded)


def _by_sender(confirmation: Confirmation, known: Catalogue) -> tuple[Network, ...]:
    return _narrowed(known.by_sender.get(fold_sender(confirmation.sender), ()), confirmation)


def _claimable(confirmation: Confirmation, known: Catalogue) -> tuple[Network, ...]:
    return _narrowed((one for one in known.networks if not one.is_bank), confirmation)


def _narrowed(networks: Iterable[Network], confirmation: Confirmation) -> tuple[Network, ...]:
    """Those of the country and network that the caller named, or all if it fits none of them."""
    found = tuple(networks)
    if confirmation.country:
        code = confirmation.country.upper()
        found = tuple(one for one in found if one.country.code == code) or found
    if confirmation.network:
        wanted = confirmation.network.casefold()
        named = tuple(one for one in found if wanted in (one.name, one.brand.casefold()))
        found = named or found
    return found


def _likely(networks: Sequence[Network], low: str) -> Sequence[Network]:
    """Those whose currency the text names, first those whose numbers it has."""
    if len(networks) < 2:
        return networks
    named = {currency for found in _AMOUNT.finditer(low) if (currency := read_money(found[0])[1])}
    fitting = [one for one in networks if one.country.currency in named] or list(networks)
    if len(fitting) > 1:
        numbers = _NUMBER.findall(low)
        fitting.sort(key=lambda one: _strangeness(one, low, numbers))
    return fitting


def _strangeness(network: Network, low: str, numbers: Sequence[str]) -> int:
    """0 where the text names the network's country; more, the less speaks for it."""
    country = network.country
    if network.hints is not None and network.hints.search(low):
        return 0
    for digits in numbers:
        rest = digits.removeprefix(country.calling)
        if rest != digits and len(rest) in country.national_digits:
            return 0
    fits = any(
        len(digits) in country.national_digits and digits[0] in country.mobile_starts
        for digits in numbers
    )
    return 1 + 2 * (not fits) + (not network.is_default)


def _read_as(
    networks: Sequence[Network], text: str, low: str, known: Catalogue
) -> Reading | None:
    """As the first that fits; one that has the wording in its own file goes before the others."""
    first: Reading | None = None
    for network in networks:
        attempt = _Attempt(network, text, low, known)
        found = attempt.read()
        if found is not None and (attempt.is_own or len(networks) == 1):
            return found
        first = first or found
    return first


def _judged(reading: Reading, network: Network, low: str) -> Reading:
    """Whether a text under the network's own name is evidence."""
    reasons = list(reading.reasons)
    is_spoof = False
    if reading.kind in MOVEMENTS:
        if network.is_bank:
            reasons.append("a bank's alert says nothing of a wallet")
        if not reading.amount:
            reasons.append("no amount")
        if asks_for_secrets(low):
            is_spoof = True
            reasons.append("asks for money back, a call or a secret")
        if not network.overdraft and broken_balance(reading):
            is_spoof = True
            reasons.append("the balance is less than what was received")
    accept = reading.kind in MOVEMENTS and not reasons
    return replace(reading, accept=accept, spoof=is_spoof, reasons=tuple(reasons))


def _notice(
    networks: Sequence[Network], text: str, low: str, known: Catalogue, is_stranger: bool = False
) -> Reading:
    """A text in which no format was found: a code, an advertisement, a notice, or unknown."""
    first = networks[0]
    named = (first.brand, first.country.code)

    def is_a(kind: str) -> bool:
        patterns = {network.notices.get(kind) for network in networks}
        return any(words is not None and words.search(low) for words in patterns)

    if is_a("otp"):
        return Reading("otp", parser=f"{first.name}/otp", network=named[0], country=named[1])
    balance = _Attempt(first, text, low, known).balance_only()
    if balance is not None:
        return balance
    if is_a("failed"):
        return Reading("failed", parser=f"{first.name}/failed", network=named[0], country=named[1])
    quotes_money = _AMOUNT.search(low) is not None
    if is_a("promo") or not (quotes_money or is_stranger or is_a("service")):
        return Reading("promo", parser=f"{first.name}/promo", network=named[0], country=named[1])
    if not quotes_money:
        return Reading("other", parser=f"{first.name}/notice", network=named[0], country=named[1])
    reasons = ("nobody described this wording",)
    return Reading("unknown", reasons=reasons, network=named[0], country=named[1])


@dataclass(slots=True)
class _Attempt:
    """One text, read as one network's."""

    network: Network
    text: str
    low: str
    known: Catalogue
    money: dict[str, tuple[Decimal | None, str | None]] = field(default_factory=dict)
    words: dict[str, str | None] = field(default_factory=dict)
    clashes: list[str] = field(default_factory=list)
    cut: str = ""
    is_own: bool = False

    def read(self) -> Reading | None:
        """The reading, or None where no format of this network fits."""
        self._cut_details()
        position = self._open()
        found = self._match(position)
        if found is None:
            return None
        format_, match, end = found
        self.is_own = format_.is_own
        return self._assemble(format_, match, end)

    def balance_only(self) -> Reading | None:
        """An answer to "what is my balance": details and nothing that moved."""
        self._cut_details()
        self._open()
        amount, currency = self.money.get("balance", self.money.get("available", (None, None)))
        if amount is None or _AMOUNT.search(self.cut) is not None:
            return None
        return Reading(
            "other",
            currency=currency or self.network.country.currency,
            balance=amount,
            txid=self.words.get("txid"),
            timestamp=self.words.get("moment"),
            timezone=self.network.country.timezone,
            network=self.network.brand,
            country=self.network.country.code,
            parser=f"{self.network.name}/balance",
        )

    # --- the details ------------------------------------------------------------------------------

    def _cut_details(self) -> None:
        """Find every labelled detail, keep its value, and put CUTs in its place."""
        low, details = self.low, self.network.details
        spans: list[tuple[int, int]] = []
        labels: list[tuple[str, int]] = []
        position = 0
        for word in _WORD.finditer(low):
            start = word.start()
            if start < position:
                continue
            if low[start].isdigit():
                end = self._moment(start, position, spans) or self._bank_reference(start, spans)
                if end:
                    position = end
                    continue
            labelled = details.get(low[start : min(start + KEY_CHARACTERS, word.end())])
            found = labelled.pattern.match(low, start) if labelled is not None else None
            if labelled is None or found is None:
                continue
            detail = labelled.by_group[_outer(found)]
            position = found.end()
            if detail.kind in _MONEY_DETAILS:
                self._keep_money(detail.kind, found.group(detail.group))
            elif detail.has_value:
                first, last = found.span(detail.group)
                self._keep(detail.kind, self.text[first:last])
            elif detail.kind in _OPEN_ENDED:
                labels.append((detail.kind, len(spans)))
            spans.append((start, position))
        for kind, place in labels:
            start, end = spans[place]
            following = spans[place + 1][0] if place + 1 < len(spans) else len(low)
            found = _NOTE_END.search(low, end, following)
            last = found.start() if found is not None else following
            value = self.text[end:last].strip(" \t\r\n.,;:")
            self._keep(kind, None if value.startswith("-") or value.lower() in _EMPTY else value)
            spans[place] = (start, last)
        parts: list[str] = []
        position = 0
        for start, end in spans:
            parts += (low[position:start], CUT * (end - start))
            position = end
        self.cut = "".join(parts) + low[position:]

    def _moment(self, start: int, floor: int, spans: list[tuple[int, int]]) -> int:
        """Where a date that begins at `start` ends, with its clock; 0 where none begins there."""
        found = _MOMENT.match(self.low, start)
        if found is None:
            return 0
        floor = max(floor, start - _BEFORE_MOMENT_CHARACTERS)
        before = _BEFORE_MOMENT.search(self.low, floor, start)
        first = before.start() if before is not None else start
        moment = read_moment(self.low[first : found.end()])
        if moment is None:
            return 0
        self._keep("moment", moment)
        spans.append((first, found.end()))
        return found.end()

    def _bank_reference(self, start: int, spans: list[tuple[int, int]]) -> int:
        """`003_19ec6e42`: a Tanzanian bank's number and its own id, which carry no label."""
        found = _BANK_REFERENCE.match(self.low, start)
        if found is None:
            return 0
        self._keep("external", self.text[start : found.end()])
        spans.append(found.span())
        return found.end()

    def _keep_money(self, kind: str, words: str) -> None:
        figure = read_money(words)
        before = self.money.get(kind)
        if kind != "skip" and before is not None and before[0] != figure[0]:
            if before[0] is not None and figure[0] is not None:
                if kind != "fee":
                    self.clashes.append(kind)
                return
            if figure[0] is None:
                return
        self.money[kind] = figure

    def _keep(self, kind: str, value: str | None) -> None:
        before = self.words.get(kind)
        if before is not None and value is not None and before != value:
            if kind == "txid":
                self.clashes.append(kind)
            return
        if before is None:
            self.words[kind] = value

    # --- the sentence that says what happened -----------------------------------------------------

    def _open(self) -> int:
        """Behind codes, greetings and "Confirmed"."""
        position = _after_junk(self.cut, 0)
        for _ in range(_OPENINGS_MAXIMUM):
            found = self.network.openings.match(self.cut, position)
            if found is None or found.end() == position:
                break
            if found.lastindex is not None:
                self._keep("txid", self.text[slice(*found.span(found.lastindex))])
            position = _after_junk(self.cut, found.end())
        return position

    def _match(self, position: int) -> tuple[Format, re.Match[str], int] | None:
        if position >= len(self.cut):
            return None
        formats = self.network.formats
        key = key_of(self.cut, position)
        fitting = formats.get(key)
        if fitting is None:
            is_amount = _AMOUNT.match(self.cut, position) is not None
            fitting = formats[AMOUNT_START if is_amount else ANY_START]
        for format_ in fitting:
            found = format_.pattern.match(self.cut, position)
            if found is not None:
                return format_, found, found.end()
        return None

    def _assemble(self, format_: Format, match: re.Match[str], end: int) -> Reading:
        amount: Decimal | None = None
        currency: str | None = None
        party = NOBODY
        item: str | None = None
        txid = self.words.get("txid")
        moment = self.words.get("moment")
        network = self.network
        for group, slot in enumerate(format_.slots, start=1):
            start, stop = match.span(group)
            if start < 0:
                continue
            if slot == "amount" and amount is None:
                amount, currency = read_money(self.cut[start:stop])
            elif slot == "party":
                name_end = find_end(self.cut, start, stop, network)
                if stop == end:
                    end = name_end
                party = read_party(self.text, start, name_end, network, self.known.countries)
            elif slot == "msisdn":
                printed = self.text[start:stop]
                whole = e164(printed, network.country, self.known.countries)
                party = replace(party, msisdn=whole or printed)
            elif slot in ("code", "digits", "item"):
                item = self.text[start:stop].strip()
            elif slot == "id":
                txid = txid or self.text[start:stop]
            elif slot == "moment":
                moment = moment or read_moment(self.low[start:stop])
        if amount is None:
            amount, currency = self._labelled_amount(match.start())
        if payer := self.words.get("payer"):
            party = read_party(payer, 0, len(payer), network, self.known.countries)
        reference, txid = self._reference(item or party.code, txid)
        if party.name is not None and party.name.lower() in network.gateways:
            party, reference = _behind_gateway(party, reference, network, self.known)
        fee = self.money.get("fee", (None, None))[0]
        balance, beside = self.money.get("balance", self.money.get("available", (None, None)))
        if balance is None:
            balance = self.money.get("available", (None, None))[0]
        kind, direction = self._outcome(format_, end, party)
        if kind == "payment" and party.is_behind_gateway:
            kind = "sent"
        money_named = amount is not None or balance is not None or fee is not None
        return Reading(
            kind,
            direction,
            amount=amount,
            currency=(currency or beside or network.country.currency) if money_named else None,
            fee=fee,
            balance=balance,
            counterparty_name=party.name,
            counterparty_msisdn=party.msisdn,
            txid=txid,
            reference=reference,
            timestamp=moment if money_named else None,
            timezone=network.country.timezone if moment and money_named else None,
            network=network.brand,
            country=network.country.code,
            parser=f"{network.name}/{format_.name}",
            reasons=(
                *(("no id, time or balance: proves nothing",) if format_.incomplete else ()),
                *(f"two values for {kind}" for kind in sorted(set(self.clashes))),
            ),
        )

    def _labelled_amount(self, position: int) -> tuple[Decimal | None, str | None]:
        """`Cash-Out to NAME was successful. Amount Tsh 130,000`."""
        labels = self.network.amount_labels
        found = labels.search(self.cut, position) if labels is not None else None
        if found is None or found.lastindex is None:
            return None, None
        return read_money(found.group(found.lastindex))

    def _reference(self, code: str | None, txid: str | None) -> tuple[str | None, str | None]:
        """What the payer or the merchant said, and the id. A bare `Ref` is the id where there is
        no other and it looks like one."""
        words = self.words
        ref = words.get("ref")
        if ref is not None and txid is None and _ID_LIKE.fullmatch(ref):
            txid, ref = ref, None
        if "note" in words or "ref" in words:
            chosen = words.get("note") or ref
            if chosen is not None:
                return chosen, txid
            others = (words.get("external"), words.get("account"))
        else:
            others = (
                words.get("message"), words.get("external"), words.get("account"), code, words.get("agent"),
                words.get("token"),
            )  # fmt: skip
        return next((one for one in others if one and one != txid), None), txid

    def _outcome(self, format_: Format, end: int, party: Party) -> tuple[Kind, Direction]:
        kind, direction = format_.kind, format_.direction
        if kind not in MOVEMENTS:
            return kind, direction
        rest = self.cut[end:]
        notices = self.network.notices
        if "failed" in notices and notices["failed"].search(rest):
            return "failed", "none"
        if "pending" in notices and notices["pending"].search(rest):
            return "other", "none"
        if kind in ("received", "payment", "sent", "deposit") and party.words:
            low = party.words.lower()
            for other, words in self.network.parties.items():
                if words.search(low):
                    return _of_party(other, kind), direction
        if kind == "sent" and self.words.get("account"):
            return "payment", direction
        return kind, direction


def _of_party(party: str, kind: Kind) -> Kind:
    """What a movement is, by who stands on its other side."""
    if party == "airtime":
        return "airtime"
    if party == "bank":
        return "bank"
    return "payment" if kind == "sent" else kind


def _outer(match: re.Match[str]) -> int:
    """The alternative that matched: its group is the last to close."""
    last = match.lastindex
    assert last is not None
    return last


def _after_junk(cut: str, position: int) -> int:
    junk = _JUNK.match(cut, position)
    return junk.end() if junk is not None else position


def _behind_gateway(
    party: Party, reference: str | None, network: Network, known: Catalogue
) -> tuple[Party, str | None]:
    """A send to another network names a gateway, and the person in the note: `NAME,number,note`."""
    parts = [part.strip() for part in (reference or "").split(",")]
    if len(parts) < 2:
        return party, reference
    whole = e164(parts[1], network.country, known.countries)
    if whole is None:
        return party, reference
    return (
        Party(parts[0] or party.name, whole, is_behind_gateway=True),
        ",".join(parts[2:]).strip() or None,
    )
