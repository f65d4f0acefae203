"""How statements speak of entries: each domain brings the words for its own kinds."""

import uuid

import pytest

from app.domains.domain import Domain, DomainConflict, Domains
from core.money.ledger import StatementLine
from engine.registry import EntryWords, Registry
from menus.texts import say
from tests.support.domains import DOMAINS, FLOWS

ENTRY = uuid.UUID("019ad000-0000-7000-8000-000000000001")


def line(kind: str, amount_minor: int = -500, **detail: str) -> StatementLine:
    return StatementLine(ENTRY, kind, amount_minor, "RWF", detail)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        (line("contribution", name="Duterimbere"), "Duterimbere"),
        (line("contribution"), "Savings"),
        (line("topup", 500, agent="A111", customer="Uwera"), "from A111"),
        (line("topup", -500, agent="A111", customer="Uwera"), "to Uwera"),
        (line("float_sale", 500, **{"from": "S110", "to": "A111"}), "from S110"),
        (line("float_return", -500, **{"from": "A111", "to": "S110"}), "to S110"),
        (line("float_purchase", -500, provider="Airtel Money"), "Airtel Money"),
        (line("cash_out", -500, agent="A111", customer="Uwera C."), "cash from A111"),
        (line("cash_out", 500, agent="A111", customer="Uwera C."), "cash to Uwera C."),
        (line("opening", 500), "Opening balance"),
        (line("booking"), "our office"),
        (line("booking_reversal"), "our office"),
    ],
)
def test_our_kinds_of_entries_have_words(moved: StatementLine, said: str) -> None:
    assert say(FLOWS.words_of(moved).what(moved), "en") == said


def test_a_domain_brings_words_for_its_own_entries() -> None:
    parcels = Domain(
        name="parcels", entries={"parcel": EntryWords(lambda line: line.detail["driver"])}
    )
    flows = Domains.of((*DOMAINS.all, parcels)).flows
    assert (
        flows.words_of(line("parcel", driver="Eric")).what(line("parcel", driver="Eric")) == "Eric"
    )
    assert flows.replaced().entries == flows.entries


def test_an_entry_without_words_is_called_by_its_reference() -> None:
    moved = line("ride")
    assert Registry().words_of(moved).what(moved) == moved.reference


def test_two_domains_with_words_for_one_kind_are_refused() -> None:
    parcels = Domain(name="parcels", entries={"topup": EntryWords(lambda line: "")})
    with pytest.raises(DomainConflict, match="the kind of entry topup is brought by agents and"):
        Domains.of((*DOMAINS.all, parcels))
