"""Words that cost somebody money, or blame the one who was robbed: what is said in their place.

In the four languages that were gone over word by word (docs/languages.md).
"""

import pytest

from menus import sentences
from menus.catalogues import by_sentence
from menus.texts import Msg, say

LANGUAGES = ("en", "rw", "fr", "sw")
APPROVES = "{agent} puts money in your wallet. Agree? Pay cash after the PIN."
RECEIVED = (
    "Received {arrived} from {agent}, {at}. Pay {amount} cash, fee {fee} included."
    " Wallet {balance}. Ref {reference}."
)
LOCKED = (
    "Too many wrong PINs: paying is locked for {minutes} min. If you forgot it, or it was not you,"
    " call {office}."
)
SAVED = "Saved {amount} in {group}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}."
CODE = "Deposit of {amount} by agent {agent}. Code: {code}. Give it only if you agree. Valid 5 min."


def said(sentence: str, language: str) -> str:
    """With each value's name in its place."""
    return say(Msg(sentence), language).translate({ord("{"): None, ord("}"): None})


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        # The fee is within the amount, and never besides it: "pamoja na ada" reads as plus.
        (
            RECEIVED,
            (
                "Pay amount cash, fee fee included",
                "Tanga cash amount, harimo ikiguzi fee",
                "Payez amount en espèces, dont frais fee",
                "Mpe taslimu amount ikiwemo ada fee",
            ),
        ),
        # Nobody agrees by the word that every network's menu has for withdrawing.
        (
            APPROVES,
            (
                "agent puts money in your wallet. Agree? Pay cash after the PIN.",
                "agent arabitsa kuri konti yawe. Uremera? Ishyura nyuma ya PIN.",
                "Accepter le dépôt de agent? Donnez l'argent après le PIN.",
                "agent anakuwekea pesa. Unakubali? Mpe taslimu baada ya PIN.",
            ),
        ),
        # It was typed wrong; not by whoever reads it, perhaps.
        (
            LOCKED,
            (
                "Too many wrong PINs: paying is locked",
                "PIN itari yo yanditswe kenshi: kwishyura bifunze",
                "Trop de PIN incorrects: ",
                "PIN imekosewa mara nyingi: malipo yamefungwa",
            ),
        ),
        # What a member saves stays theirs: it is not paid.
        (
            SAVED,
            ("Saved amount in", "Uzigamye amount muri", "Épargné amount dans", "Umeweka amount"),
        ),
        # Between the agent's number and the code is the end of a sentence.
        (
            CODE,
            (
                "by agent agent. Code: code.",
                "kuri konti yawe. Kode: code.",
                "par l'agent agent. Code: code.",
                "kwenye akaunti yako. Msimbo: code.",
            ),
        ),
    ],
    ids=["the fee", "agreeing", "a wrong PIN", "saving", "a code"],
)
def test_what_they_were_is_not_said_any_more(sentence: str, parts: tuple[str, ...]) -> None:
    for language, part in zip(LANGUAGES, parts, strict=True):
        assert part in said(sentence, language)


def test_the_office_is_ours() -> None:
    ours = ("our office", "ibiro byacu", "notre bureau", "ofisini kwetu")
    assert tuple(say(sentences.office(""), language) for language in LANGUAGES) == ours


def test_a_withdrawal_alone_has_the_word_for_withdrawing() -> None:
    for msgid, words in by_sentence().items():
        if "toa pesa" in words.get("sw", "").lower():
            assert "withdraw" in msgid.lower()
