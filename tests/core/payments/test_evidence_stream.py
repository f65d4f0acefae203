"""One wallet's texts in order: what came before, what imitates, where a balance breaks."""

from dataclasses import replace
from decimal import Decimal

from core.payments.evidence.reading import Reading
from core.payments.evidence.stream import WalletStream


def arrival(amount: int, balance: int | None, txid: str | None = None, at: int = 0) -> Reading:
    return Reading(
        "received",
        "in",
        accept=True,
        amount=Decimal(amount),
        currency="RWF",
        balance=None if balance is None else Decimal(balance),
        txid=txid,
        timestamp=f"2026-03-04T10:{at:02}:00",
    )


def test_balances_continue_and_break() -> None:
    out = replace(arrival(300, 1_180, "3", 3), kind="sent", direction="out", fee=Decimal(20))
    told = WalletStream().follow(
        [arrival(500, 1_000, "1", 1), arrival(500, 1_500, "2", 2), out, arrival(100, 9_000, "4", 4)]
    )
    assert [one.continues for one in told] == [None, True, True, False]


def test_an_id_that_comes_again_counts_once() -> None:
    stream = WalletStream()
    first, second = stream.follow([arrival(500, 500, "1"), arrival(500, 500, "1")])
    assert (first.reading.accept, first.is_copy) == (True, False)
    assert (second.reading.accept, second.reading.spoof, second.is_copy) == (False, False, True)


def test_an_id_with_another_amount_is_a_spoof_and_moves_nothing() -> None:
    stream = WalletStream()
    stream.take(arrival(500, 500, "1", 1))
    forged = stream.take(arrival(9_500, 10_000, "1", 2)).reading
    assert (forged.accept, forged.spoof) == (False, True)
    assert stream.take(arrival(100, 600, "2", 3)).continues is True


def test_two_texts_of_one_movement_count_once() -> None:
    stream = WalletStream()
    assert not stream.take(arrival(500, 500, "1")).is_copy
    assert stream.take(arrival(500, 500)).is_copy
    assert not stream.take(arrival(500, 1_000)).is_copy


def test_a_movement_without_a_balance_leaves_nothing_to_compare() -> None:
    told = WalletStream().follow(
        [arrival(500, 500, "1", 1), arrival(100, None, "2", 2), arrival(100, 700, "3", 3)]
    )
    assert [one.continues for one in told] == [None, None, None]


def test_other_texts_are_let_through() -> None:
    promo = Reading("promo")
    told = WalletStream().take(promo)
    assert (told.reading, told.is_copy, told.continues) == (promo, False, None)
