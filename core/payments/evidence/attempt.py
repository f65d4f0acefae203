"""One text read as one network's: behind its openings a format must fit from the first word."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from core.payments.evidence.details import FoundDetails
from core.payments.evidence.figures import AMOUNT, possible_currencies, read_money
from core.payments.evidence.grammar import said_by_verb
from core.payments.evidence.networks import Catalogue, Format, Network, Rule
from core.payments.evidence.numbering import e164
from core.payments.evidence.parties import NOBODY, Party, find_end, read_party
from core.payments.evidence.reading import MOVEMENTS, Direction, Kind, Reading
from core.payments.evidence.template import AMOUNT_START, ANY_START, key_of, words_of

_AMOUNT = re.compile(AMOUNT)
_GOES_ON = re.compile(r"\s*[a-z]")
PARTY_CHARACTERS_MAXIMUM = 160
_JUNK = re.compile(r"(?:[\s\x1f.,:;!#<>|-]|\*[rs](?![a-z0-9'])|\*|\d{2,3}(?=\*))*+")
_ID_LIKE = re.compile(r"(?=[A-Za-z._/-]*\d)[A-Za-z0-9][A-Za-z0-9._/-]{4,40}")
_OPENINGS_MAXIMUM = 5
# Where a sentence or a clause may begin; behind a colon stands what somebody else said.
_PAUSE = re.compile(r"[.!?;,\n\x1f-][\s.,;!\x1f-]*+")
_PAUSES_MAXIMUM = 24


@dataclass(slots=True)
class _Sentence:
    """What the sentence that says what happened holds; `end` is where it ends."""

    end: int
    amount: Decimal | None = None
    currency: str | None = None
    party: Party = NOBODY
    code: str | None = None
    is_overlong: bool = False  # no name is so long
    is_foreign: bool = False  # in a currency that the network's country does not have


@dataclass(slots=True)
class Attempt:
    """One text, read as one network's."""

    details: FoundDetails
    known: Catalogue
    is_own: bool = False

    @property
    def network(self) -> Network:
        return self.details.network

    def read(self) -> Reading | None:
        """The reading, or None where no format of this network fits."""
        position = self._open()
        found = self._match(position)
        if found is None:
            return self._read_further(position)
        self.is_own = found[0].is_own
        reading = self._assemble(*found)
        return None if reading.kind == "unknown" else reading

    def _read_further(self, position: int) -> Reading | None:
        """`Dear Eyo, you have received ...`: a sentence that does not come first.

        Such a wording is new, so more is asked of it: one amount in the whole text, one thing that
        happened to it, and an id.
        """
        cut = self.details.cut
        amounts = {read_money(found.group()) for found in _AMOUNT.finditer(cut)}
        has_id = self.details.words.get("txid") or _ID_LIKE.fullmatch(
            self.details.words.get("ref") or ""
        )
        if len(amounts) != 1 or not (has_id or self.network.is_bank):
            return None
        reading = self._read_at_pauses(position) or self._read_by_verb(position)
        return None if reading is None or reading.kind == "unknown" else reading

    def _read_at_pauses(self, position: int) -> Reading | None:
        cut = self.details.cut
        first: Reading | None = None
        for pause in islice(_PAUSE.finditer(cut, position), _PAUSES_MAXIMUM):
            found = self._match(pause.end(), is_further=True)
            if found is None:
                continue
            reading = self._assemble(*found)
            if reading.amount is None or (first and first.direction != reading.direction):
                return None
            first = first or reading
        return first

    def balance_only(self) -> Reading | None:
        """An answer to "what is my balance": details and nothing that moved."""
        self._open()
        amount, currency = self.details.balance()
        if amount is None or _AMOUNT.search(self.details.cut) is not None:
            return None
        return Reading(
            "other",
            currency=currency or self.network.country.currency,
            fee=self.details.money.get("fee", (None, None))[0],
            balance=amount,
            txid=self.details.words.get("txid"),
            timestamp=self.details.words.get("moment"),
            timezone=self.network.country.timezone,
            network=self.network.brand,
            country=self.network.country.code,
            parser=f"{self.network.name}/balance",
        )

    # --- the sentence that says what happened -----------------------------------------------------

    def _open(self) -> int:
        """Behind codes, greetings and "Confirmed"."""
        position = _after_junk(self.details.cut, 0)
        for _ in range(_OPENINGS_MAXIMUM):
            found = self.network.openings.match(self.details.cut, position)
            if found is None or found.end() == position:
                break
            if found.lastindex is not None:
                opened = self.details.text[slice(*found.span(found.lastindex))]
                if "*" not in opened:  # a hidden account is no id
                    self.details.keep("txid", opened)
            position = _after_junk(self.details.cut, found.end())
        return position

    def _read_by_verb(self, position: int) -> Reading | None:
        """A sentence that no format has, where its verb leaves no doubt: see `grammar`."""
        cut, network = self.details.cut, self.network
        said = said_by_verb(network, cut, position)
        amount = _AMOUNT.search(cut, position)
        notices = ("failed", "undone", "pending", "otp")
        if said is None or amount is None:
            return None
        if any(kind in network.notices and network.notices[kind].search(cut) for kind in notices):
            return None
        sentence = _Sentence(said.end)
        sentence.amount, sentence.currency = read_money(amount.group())
        if said.end > said.start:
            end = find_end(cut, said.start, said.end, network)
            sentence.party = read_party(
                self.details.text, said.start, end, network, self.known.countries
            )
        return self._told(f"{network.name}/by-verb", said.rule, sentence, position)

    def _match(
        self, position: int, is_further: bool = False
    ) -> tuple[Format, re.Match[str]] | None:
        """The first format that fits, and its match. Further on in a text only those are tried
        that say a movement with words of their own."""
        formats, words = self.network.formats, set(words_of(self.details.cut))
        fitting = formats.get(key_of(self.details.cut, position))
        if fitting is None:
            is_amount = _AMOUNT.match(self.details.cut, position) is not None
            fitting = formats[AMOUNT_START if is_amount else ANY_START]
        for format_ in fitting:
            if is_further and (
                format_.kind not in MOVEMENTS or ANY_START in format_.template.starts
            ):
                continue
            for needed in format_.template.needs:
                if words.isdisjoint(needed):
                    break
            else:
                found = format_.pattern.match(self.details.cut, position)
                if found is not None:
                    return format_, found
        return None

    def _sentence(self, format_: Format, match: re.Match[str]) -> _Sentence:
        """The values of the sentence's slots."""
        text, cut, network = self.details.text, self.details.cut, self.network
        said = _Sentence(match.end())
        for group, slot in enumerate(format_.template.slots, start=1):
            start, stop = match.span(group)
            if start < 0:
                continue
            if slot == "amount" and said.amount is None:
                said.amount, said.currency = read_money(cut[start:stop])
                if said.currency is None:
                    possible = possible_currencies(cut[start:stop])
                    said.is_foreign = bool(possible) and network.country.currency not in possible
            elif slot == "party":
                end = find_end(cut, start, stop, network)
                if stop == match.end():
                    said.end = end
                if end - start > PARTY_CHARACTERS_MAXIMUM:
                    said.is_overlong = True
                    continue
                known = said.party.msisdn
                said.party = read_party(text, start, end, network, self.known.countries)
                if known is not None and said.party.msisdn is None:
                    said.party = replace(said.party, msisdn=known)
            elif slot == "msisdn":
                whole = e164(text[start:stop], network.country, self.known.countries)
                said.party = replace(said.party, msisdn=whole or text[start:stop])
            elif slot in ("code", "digits", "item"):
                said.code = text[start:stop].strip()
            elif slot in ("id", "dotted"):
                self.details.keep("txid", text[start:stop])
        return said

    def _assemble(self, format_: Format, match: re.Match[str]) -> Reading:
        said = self._sentence(format_, match)
        return self._told(f"{self.network.name}/{format_.name}", format_, said, match.start())

    def _told(self, parser: str, rule: Format | Rule, said: _Sentence, start: int) -> Reading:
        network = self.network
        amount, currency, party = said.amount, said.currency, said.party
        txid, moment = self.details.words.get("txid"), self.details.words.get("moment")
        if amount is None:
            amount, currency = self._labelled_amount(start)
        if payer := self.details.words.get("payer"):
            party = read_party(payer, 0, len(payer), network, self.known.countries)
        reference, txid = self._reference(said.code or party.code, txid)
        if party.name is not None and party.name.lower() in network.gateways:
            party, reference = _behind_gateway(party, reference, network, self.known)
        fee = self.details.money.get("fee", (None, None))[0]
        balance, beside = self.details.balance()
        kind, direction = self._outcome(rule, said.end, party)
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
            parser=parser,
            reasons=(
                *(
                    ("no id, time or balance: proves nothing",)
                    if isinstance(rule, Format) and rule.incomplete
                    else ()
                ),
                *(("nobody has so long a name",) if said.is_overlong else ()),
                *(("this country has no such currency",) if said.is_foreign else ()),
                *(f"two values for {clash}" for clash in sorted(self.details.clashes)),
            ),
        )

    def _labelled_amount(self, position: int) -> tuple[Decimal | None, str | None]:
        """`Cash-Out to NAME was successful. Amount Tsh 130,000`."""
        if "sum" in self.details.money:
            return self.details.money["sum"]
        labels = self.network.amount_labels
        found = labels.search(self.details.cut, position) if labels is not None else None
        if found is None or found.lastindex is None:
            return None, None
        return read_money(found.group(found.lastindex))

    def _reference(self, code: str | None, txid: str | None) -> tuple[str | None, str | None]:
        """What the payer or the merchant said, and the id. A bare `Ref` is the id where there is
        no other and it looks like one."""
        words = self.details.words
        ref = words.get("ref")
        if ref is not None and txid is None and _ID_LIKE.fullmatch(ref):
            txid, ref = ref, None
            words = {kind: value for kind, value in words.items() if kind != "ref"}
        order = [words.get("note") or ref, words.get("external"), words.get("account")]
        if "note" not in words and "ref" not in words:  # an empty label says: no reference
            order = [words.get("message"), *order, code, words.get("agent"), words.get("token")]
        return next((one for one in order if one and one != txid), None), txid

    def _outcome(self, rule: Format | Rule, end: int, party: Party) -> tuple[Kind, Direction]:
        kind, direction = rule.kind, rule.direction
        if kind not in MOVEMENTS:
            return kind, direction
        if self.network.is_bank:
            return "bank", direction
        rest = self.details.cut[end:]
        notices = self.network.notices
        if "failed" in notices and notices["failed"].search(rest):
            return "failed", "none"
        if any(kind_ in notices and notices[kind_].search(rest) for kind_ in ("undone", "pending")):
            return "other", "none"
        return self._kind(kind, party, rest), direction

    def _kind(self, kind: Kind, party: Party, rest: str) -> Kind:
        """What a movement is, by who stands on its other side."""
        if kind == "received" and not party.words and _GOES_ON.match(rest):
            return "unknown"  # "You have received 500 RWF worth of minutes"
        if kind in ("received", "payment", "sent", "deposit"):
            for other, words in self.network.parties.items():
                if party.words and words.search(party.words.lower()):
                    return _of_party(other, kind)
        if kind == "sent" and self.details.words.get("account"):
            return "payment"
        return kind


def _of_party(party: str, kind: Kind) -> Kind:
    if party == "loan":  # a lender's money is no payment; what we pay to one is
        return "other" if kind in ("received", "deposit") else kind
    if party == "airtime":
        return "airtime"
    if party == "bank":
        return "bank"
    return "payment" if kind == "sent" else kind


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
