"""The texts that are sent on their own: one segment in every language, with what they must name."""

import re
import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from menus import gsm7, sms
from menus.languages import BY_CODE, LANGUAGES
from menus.messages import compose
from menus.sentences import office
from menus.texts import Param, read_catalogue, say
from tests.support.domains import DOMAINS
from values.messages import Message, MissingValue
from values.money import Money
from values.placeholders import placeholders

MESSAGES = DOMAINS.messages
SENTENCES = [
    sentence
    for kind in MESSAGES.values()
    for sentence in (kind.sentence, kind.sentence_without_fee)
    if sentence
]
KIGALI = ZoneInfo("Africa/Kigali")
APPROVAL = uuid.UUID(int=5)
# As long as they plausibly get; a domain brings what its own messages name beside these.
LONGEST: dict[str, Any] = {
    **DOMAINS.samples.values,
    "amount": {"$money": [10_000_000, "RWF"]},
    "fee": {"$money": [100_000, "RWF"]},
    "balance": {"$money": [100_000_000, "RWF"]},
    "float": {"$money": [100_000_000, "RWF"]},
    "at": {"$at": "2026-09-30T21:59:00+00:00"},
    "until": {"$time": "2026-09-30T21:59:00+00:00"},
    "group": "Abishyizehamwe Nyamirambo",
    "agent": "Nyiransengiyumva M. A10234",
    "customer": "Niyonsabamahoro B.",
    "reference": "0W2Z4M6N",
    "code": {"$code": [str(APPROVAL), 1, 6]},
    "minutes": 30,
    "ending": "4567",
    "limit": {"$money": [10_000_000, "RWF"]},
}
# What a tenant says of itself is not stored with a text.
OWN: dict[str, Param] = {"tenant": "Koperative Impuye Kigali", "office": office("+250788000100")}
CEDIS = LONGEST | {
    name: {"$money": [minor, "GHS"]}
    for name, minor in (("amount", 10**7), ("fee", 10**5), ("balance", 10**7), ("float", 10**7))
}
FRANCS = LONGEST | {
    name: {"$money": [minor, "XOF"]}
    for name, minor in (("amount", 2 * 10**6), ("fee", 10**4), ("balance", 10**7), ("float", 10**7))
}
FREE = {"fee": {"$money": [0, "RWF"]}}


def code_of(approval_id: uuid.UUID, counter: int) -> str:
    assert (approval_id, counter) == (APPROVAL, 1)
    return "904127"


def text(template: str, language: str, params: dict[str, Any] = LONGEST) -> str:
    return compose(MESSAGES[template], params, language, KIGALI, code_of, own=OWN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
def test_each_is_one_segment_and_stays_readable(template: str, language: str) -> None:
    for values in (LONGEST, LONGEST | FREE, CEDIS, FRANCS):
        words = text(template, language, values)
        sent = sms.receipt(words)
        # A short one keeps its letters, in a segment of 70.
        assert gsm7.fits(sent, 160) or gsm7.ucs2_units(sent) <= 70, sent
        assert sms.segments(sent) == 1
        # What networks leave out, too.
        assert set(words) - set(sent) <= BY_CODE[language].folds.keys()


def test_a_hold_ends_at_a_time_today() -> None:
    assert "until 23:59. Take" in text("approval_pending", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MESSAGES)
def test_each_says_all_that_it_names_and_leaves_no_gap(template: str, language: str) -> None:
    words = text(template, language)
    assert "{" not in words
    said = {
        "amount": say(Money(10_000_000, "RWF"), language),
        "fee": say(Money(100_000, "RWF"), language),
        "reference": "0W2Z4M6N",
        "at": "23:59",  # in Kigali, not in UTC
        "code": "904127",
        "agent": "Nyiransengiyumva M. A10234",
        "customer": "Niyonsabamahoro B.",
        "group": "Abishyizehamwe Nyamirambo",
    }
    for name in placeholders(MESSAGES[template].sentence) & said.keys():
        assert said[name] in words


@pytest.mark.parametrize(
    "language", [one.code for one in BY_CODE.values() if one.code != "en" and not one.draft]
)
def test_each_is_translated(language: str) -> None:
    catalogue = read_catalogue(language)
    for msgid in SENTENCES:
        entry = catalogue.get(msgid)
        assert entry
        assert entry.string
        if re.search(r"\w", re.sub(r"\{\w+\}", "", msgid)):  # else it has no words of its own
            assert entry.string != msgid


@pytest.mark.parametrize("template", ["contribution_receipt", "topup_customer", "topup_agent"])
def test_receipts_of_money_name_amount_fee_reference_and_time(template: str) -> None:
    assert placeholders(MESSAGES[template].sentence) >= {"amount", "fee", "reference", "at"}
    assert placeholders(MESSAGES[template].sentence_without_fee) == placeholders(
        MESSAGES[template].sentence
    ) - {"fee"}
    for language in LANGUAGES:
        free = text(template, language, LONGEST | FREE)
        assert " 0 RWF" not in free
        assert free != text(template, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["topup_customer", "topup_agent"])
def test_a_top_up_tells_what_arrived(template: str, language: str) -> None:
    assert say(Money(9_900_000, "RWF"), language) in text(template, language)
    free = text(template, language, LONGEST | FREE)
    assert free.count(say(Money(10_000_000, "RWF"), language)) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["pin_locked", "pin_changed"])
def test_whom_to_call_is_the_tenants_number_or_the_office(template: str, language: str) -> None:
    assert "+250788000100" in text(template, language)
    unnamed = compose(
        MESSAGES[template], LONGEST, language, KIGALI, code_of, own={"office": office("")}
    )
    assert say(office(""), language) in unnamed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_comes_after_what_it_approves(language: str) -> None:
    words = text("approval_code", language)
    amount = say(Money(10_000_000, "RWF"), language)
    agent = "Nyiransengiyumva M. A10234"
    assert max(words.index(amount), words.index(agent)) < words.index("904127")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agents_number_is_not_read_out_for_the_code(language: str) -> None:
    """A sentence's end and a word stand between the two numbers."""
    between = text("approval_code", language).partition("A10234")[2].partition("904127")[0]
    assert re.search(r"\. \w+: $", between)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"float": None},
        {"float": True},
        {"float": 1.5},
        {"float": {"$money": [1]}},
        {"float": {"$money": ["1", "RWF"]}},
        {"float": {"$at": "yesterday"}},
        {"float": {"$at": "2026-11-20T10:00:00"}},
        {"float": {"$code": ["not an id", 1, 6]}},
        {"float": {"$other": 1}},
    ],
)
def test_a_value_that_is_missing_or_malformed_is_named_and_not_shown(
    params: dict[str, Any],
) -> None:
    with pytest.raises(MissingValue, match=r"^float$"):
        text("float_low", "en", params)


def test_what_is_about_the_text_is_not_in_it() -> None:
    until = {"$until": datetime(2026, 11, 20, tzinfo=KIGALI).isoformat(), "$odd": object()}
    assert text("float_low", "en", LONGEST | until) == text("float_low", "en")


def test_a_sentence_that_names_no_value_of_its_message_is_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="message planted: no value for phase"):
        type("Planted", (Message,), {"name": "planted", "sentence": "The moon is {phase}."})


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_stored_of_a_message_makes_it_again(name: str) -> None:
    message = MESSAGES[name].unpack(LONGEST)
    assert MESSAGES[name].unpack(message.pack()) == message
