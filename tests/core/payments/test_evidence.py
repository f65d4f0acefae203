"""Confirmation texts: what is read, what is never taken for money, and how long it takes."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.payments.evidence.figures import read_figure, read_moment
from core.payments.evidence.networks import catalogue
from core.payments.evidence.numbering import e164
from core.payments.evidence.parser import TEXT_CHARACTERS_MAXIMUM, read
from core.payments.evidence.reading import MOVEMENTS, Confirmation, Reading, plain

RECEIVED = (
    "You have received 7500 RWF from Divine UWASE (*********321) on your mobile money account at "
    "2026-02-03 09:14:55. Message from sender: {note}. Your new balance:18250 RWF. "
    "Financial Transaction Id: 27100456123."
)


def rwanda(text: str) -> Reading:
    return read(Confirmation(sender="M-Money", text=text))


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("1,000", "1000"),
        ("1 500 000,00", "1500000"),
        ("50.000", "50000"),
        ("2784137.6", "2784137.6"),
        ("0.50", "0.5"),
        ("1.0000", "1"),
        ("12,345.67", "12345.67"),
        ("1.234.567,50", "1234567.5"),
        ("7", "7"),
        ("0.125", "0.125"),
    ],
)
def test_separators_of_all_countries(printed: str, amount: str) -> None:
    assert plain(read_figure(printed)) == amount


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-05-10 16:31:39", "2026-05-10T16:31:39"),
        ("13-april-2025 12:14", "2025-04-13T12:14"),
        ("3/4/26 at 1:14 pm", "2026-04-03T13:14"),
        ("8/26/26, 11:10 am", "2026-08-26T11:10"),
        ("12/2/26 at 12:05 am", "2026-02-12T00:05"),
        ("saa 3:43 pm tarehe 18/7/26", "2026-07-18T15:43"),
        ("2026-09-04t08:45:12.498+02:00", "2026-09-04T08:45:12"),
        ("06/09/2026", "2026-09-06"),
        ("31/2/26 at 1:14 pm", None),
        ("2026-01-01 25:00:00", None),
        ("no date", None),
    ],
)
def test_moments(printed: str, moment: str | None) -> None:
    assert read_moment(printed) == moment


@pytest.mark.parametrize(
    ("printed", "country", "number"),
    [
        ("0788123456", "RW", "+250788123456"),
        ("732565643", "RW", "+250732565643"),
        ("+256700987654", "UG", "+256700987654"),
        ("00254711223344", "KE", "+254711223344"),
        ("2290150459380", "BJ", "+2290150459380"),
        ("0701020304", "CI", "+2250701020304"),
        ("79534490", "ML", "+22379534490"),
        ("0324001122", "MG", "+261324001122"),
        ("250788123456", "UG", "+250788123456"),
        ("07221889563", "KE", None),
        ("*********013", "RW", None),
        ("12845", "RW", None),
    ],
)
def test_numbers(printed: str, country: str, number: str | None) -> None:
    countries = catalogue().countries
    assert e164(printed, countries[country], countries) == number


def test_an_unknown_wording_that_quotes_money_is_kept_and_never_guessed() -> None:
    reading = rwanda("Amafaranga 4,000 RWF yageze kuri konti nshya ya Keza. Balance: 9,000 RWF")
    assert (reading.kind, reading.accept, reading.amount) == ("unknown", False, None)
    assert reading.reasons == ("nobody described this wording",)


@pytest.mark.parametrize(
    "text",
    [
        "You have received a loan of 40000 RWF. Your new balance: 45000 RWF.",
        "Your payment of 900 RWF to Airtime with token has failed at 2026-03-06 20:00:01.",
        "A reversal has been initiated for your transaction to Aline (250781112223) with 6000 RWF.",
        "Receive 500 RWF bonus from MTN: dial *182*1# to win.",
        "Your MoMo verification code is 482913. Do not share it.",
        "You could have received 900 RWF from Keza on your mobile money account.",
        "Keza said: You have received 900 RWF from Keza (*********321). Balance: 900 RWF.",
        "Your balance is 3,000 RWF.",
        "You have received 500 RWF of airtime from Keza (250781112223).",
        "You have received 500 RWF bonus from MTN.",
        "You have received 500 RWF worth of free minutes. Balance: 900 RWF",
        "You have received 500 RWF cashback from MTN Rwanda. Balance: 900 RWF",
        "A payment of 500 RWF from Keza is pending. Dial *182# to approve.",
        "You have received 900 RWF from Keza (*********321) has been reversed. Balance: 900 RWF.",
        "You have received 900 RWF from Keza (*********321). Pending. Balance: 900 RWF.",
        "You have received 900 RWF from MoKash loan. Balance: 1900 RWF. FT Id: 123456789",
        "You have received 900 RWF MoMo loan. Balance: 1900 RWF. FT Id: 123456789",
        "You have received a payment request of 900 RWF from Keza Ltd.",
    ],
)
def test_what_is_no_arrival_is_never_received(text: str) -> None:
    reading = rwanda(text)
    assert reading.kind not in {"received", "deposit", "bank"}
    assert reading.kind == "airtime" or not reading.accept


def test_a_note_cannot_speak_for_the_network() -> None:
    for note in (
        "Your new balance:99999 RWF",
        "x. Financial Transaction Id: 1",
        "You have received 900000 RWF from Keza",
    ):
        reading = rwanda(RECEIVED.format(note=note))
        assert reading.amount == 7500
        honest = reading.balance == 18250 and reading.txid == "27100456123"
        assert honest or not reading.accept


def test_a_balance_below_what_arrived_is_a_spoof() -> None:
    reading = rwanda(RECEIVED.format(note="").replace("18250", "250"))
    assert (reading.spoof, reading.accept) == (True, False)
    # Fuliza takes its own out of an arrival, so in Kenya this proves nothing.
    text = (
        "TKA1BC2D3E Confirmed.You have received Ksh2,750.00 from GRACE NJERI 0711223344 "
        "on 5/11/26 at 6:05 PM  New M-PESA balance is Ksh0.00."
    )
    assert read(Confirmation(sender="MPESA", text=text)).accept


@pytest.mark.parametrize(
    "text",
    [
        "URGENT: Your MoMo wallet is blocked. Verify your PIN now to unlock.",
        "Cash In for GHS 700.00 from AMA TRADERS. carent bulance 700.04 ID: 90000000000001",
        "I sent 5000 RWF by mistake, send the money back to 0788000111",
        "Nimetuma Ksh 3000 kwa makosa, tafadhali rudisha kwa namba hii",
        "Envoi de 5000 FCFA par erreur, renvoyez au 0701020304",
    ],
)
def test_forgeries_from_strangers_are_flagged(text: str) -> None:
    reading = read(Confirmation(sender="+233270000111", text=text))
    assert (reading.spoof, reading.accept) == (True, False)


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        (
            "MPESA",
            "TKK4AB Confirmed. Sorry we sent Ksh3,000.00 to you wrongly, return to 0711222333.",
        ),
        (
            "MobileMoney",
            "You have received GHS 500.00 from MTN PROMO. Call 0244000999 with your PIN to redeem."
            " Current Balance: GHS 500.00.",
        ),
        (
            "MobileMoney",
            "Payment received for GHS 500.00 from KOFI. Current Balance: GHS 500.00. Kindly call"
            " 0244111222 for confirmation.",
        ),
        ("MTNMobMoney", "You have received UGX 20,000 from KATO PETER but it is on hold."),
    ],
)
def test_a_networks_own_name_proves_no_text_that_asks_for_something(sender: str, text: str) -> None:
    assert not read(Confirmation(sender=sender, text=text)).accept


@pytest.mark.parametrize(
    ("sender", "text", "kind", "direction", "amount", "name"),
    [
        (
            "M-Money",
            "Your transaction of 5000 RWF received from Keza Alice (250788123456) at 2026-11-20"
            " 12:14:05 has been reversed. Your new balance: 300 RWF.",
            *("reversal", "out", "5000", "Keza Alice"),
        ),
        (
            "MPESA",
            "TKK4ABCD17 confirmed. Reversal of transaction TKK4ABCD12 has been successfully"
            " reversed on 20/11/26 at 12:14 PM and Ksh2,500.00 is debited from your account.",
            *("reversal", "out", "2500", None),
        ),
        (
            "MobileMoney",
            "Hello, a transaction of GHS 80.00 by KOLA LIMITED on your MTN MoMo account was"
            " successfully completed at 2026-11-20 12:14:05. Your new balance: GHS 20.00.",
            *("payment", "out", "80", "KOLA LIMITED"),
        ),
        (
            "OrangeMoney",
            "Transfert de 2000 FCFA effectue avec succes vers 655123456 MBARGA JEAN. Frais : 20"
            " FCFA. Nouveau solde : 5480 FCFA.",
            *("sent", "out", "2000", "MBARGA JEAN"),
        ),
        (
            "M-Money",
            "Wakiriye 2,000 RWF avuye kuri Keza Aline (*********123) kuri konti yawe ya mobile"
            " money. Usigaranye 5,400 RWF.",
            *("received", "in", "2000", "Keza Aline"),
        ),
    ],
)
def test_wordings_that_were_unread(
    sender: str, text: str, kind: str, direction: str, amount: str, name: str | None
) -> None:
    reading = read(Confirmation(sender=sender, text=text))
    assert (reading.kind, reading.direction, reading.counterparty_name) == (kind, direction, name)
    assert reading.amount == int(amount)


def test_a_look_alike_sender_is_refused() -> None:
    text = RECEIVED.format(note="")
    assert rwanda(text).accept
    assert read(Confirmation(sender=" m-MONEY ", text=text)).accept
    for sender in ("M-Mоney", "M-Money.", "M_Money", ""):  # the first has a Cyrillic o
        reading = read(Confirmation(sender=sender, text=text))
        assert (reading.spoof, reading.accept) == (True, False)


def test_typographic_apostrophes_and_accents_are_let_go() -> None:
    text = "Y’ello. You have sent UGX 20,000 to Moses Okot. New balance: UGX 75,500. ID: 3120111002"
    assert read(Confirmation(sender="MTN MoMo", text=text)).amount == 20_000
    text = "Vous avez reçu un transfert de 22 000 FCFA de ALICE (699001122). ID: OM-98700112"
    assert read(Confirmation(sender="OrangeMoney", text=text)).currency == "XAF"


def test_a_currency_of_another_country_is_no_evidence() -> None:
    text = (
        "Yello! You have received 15000 FCFA from Marie (675554433). Balance: 86950 FCFA. ID: 2948"
    )
    read_as = read(Confirmation(sender="MTN MoMo", text=text))
    assert (read_as.accept, read_as.currency, read_as.country) == (True, "XAF", "CM")
    assert not rwanda(text).accept  # M-Money is Rwanda's alone, and it has no CFA francs


def test_one_letter_is_a_currency_of_few_countries() -> None:
    text = "You have received K300 from CHISOMO MUTALE. Txn. ID: CI260726.1522.A37452."
    assert read(Confirmation(sender="AirtelMoney", text=text)).currency == "ZMW"


def test_the_country_may_be_said_where_the_text_does_not() -> None:
    text = "Vous avez recu 5 000 FCFA de Ali. Nouveau solde: 6 000 FCFA. ID: 123456789"
    for country, currency in (("SN", "XOF"), ("CM", "XAF")):
        message = Confirmation(sender="OrangeMoney", text=text, country=country)
        assert read(message).currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "You have received " + "1," * 900 + " RWF from",
        "You have received 900 RWF from " + "a " * 900,
        "You have received 900 RWF from " + "(" * 900 + "*" * 900,
        "you " * 480,
        "balance: " * 200,
        "reference: " * 180,
        "Ksh1" * 480,
        "1/1/26 " * 280,
        "transaction id 1-" + "a-" * 900,
        "\t\n " * 650,
        "your new " * 220,
        "*165*S*" * 280,
        "07**" * 490,
        "total fee " * 190,
        "You have received 900 RWF from " + "x on mtn " * 200,
        "You have received 900 RWF from " + " " * 1_900 + "x",
        "You have received 900 RWF from " + "a.b. " * 390,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    text = text[:TEXT_CHARACTERS_MAXIMUM]
    for sender in ("M-Money", "MPESA", "OrangeMoney", "stranger"):
        message = Confirmation(sender=sender, text=text)
        read(message)
        began = time.process_time()
        read(message)
        assert time.process_time() - began < 0.5


def test_what_is_too_long_for_a_name_is_no_evidence() -> None:
    text = RECEIVED.format(note="").replace("Divine UWASE", "Divine " * 40)
    assert not rwanda(text).accept


def test_a_text_longer_than_any_network_writes_is_not_looked_at() -> None:
    reading = rwanda(RECEIVED.format(note="x" * 3_000))
    assert (reading.kind, reading.accept) == ("unknown", False)


def test_a_thousand_texts_a_second_at_least() -> None:
    """An idle core reads several times as many; this bound holds on a busy one."""
    texts = [Confirmation("M-Money", RECEIVED.format(note=number)) for number in range(1_000)]
    read(texts[0])
    began = time.process_time()
    assert all(read(text).accept for text in texts)
    assert time.process_time() - began < 1.0


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=300),
    st.sampled_from(["M-Money", "MPESA", "MobileMoney", "OrangeMoney", "T-CASH", "+250788000111"]),
)
def test_nothing_breaks_it_and_nothing_at_random_is_evidence(text: str, sender: str) -> None:
    reading = read(Confirmation(sender=sender, text=text))
    assert not reading.accept
    assert reading.kind in MOVEMENTS or reading.amount is None or reading.kind != "received"


@settings(max_examples=100, deadline=None)
@given(
    amount=st.integers(1, 9_999_999),
    more=st.integers(0, 9_999_999),
    name=st.from_regex(r"[A-Z][a-z]{2,8} [A-Z]{3,12}", fullmatch=True),
)
def test_every_amount_and_name_comes_back(amount: int, more: int, name: str) -> None:
    text = (
        f"You have received {amount:,} RWF from {name} (*********321) at 2026-03-04 18:01:02 . "
        f"Balance:{amount + more:,} RWF. FT Id: 27111222333"
    )
    reading = rwanda(text)
    assert (reading.amount, reading.balance) == (Decimal(amount), Decimal(amount + more))
    assert reading.counterparty_name == name
