"""Minor units against the other tables, and how people write amounts."""

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from values.currencies import minor_digits, number_of, written, written_digits

# Legal tender today, somewhere.
IN_USE = {
    code
    for tenders in get_global("territory_currencies").values()
    for code, _since, until, is_tender in tenders
    if until is None and is_tender
} | {"SLL"}


def test_where_iso_4217_and_cldr_differ_is_known() -> None:
    """A new release of Babel that moves a decimal is looked at, not followed."""
    differ = {
        code: (minor_digits(code), get_currency_precision(code))
        for code in IN_USE
        if minor_digits(code) != get_currency_precision(code)
    }
    twos = ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP")
    assert differ == {**dict.fromkeys((*twos, "YER"), (2, 0)), "IQD": (3, 0)}


def test_whole_units_are_written_where_cldr_says_so_and_in_tanzania() -> None:
    whole = {code for code in IN_USE if written_digits(code) == 0}
    assert whole == {code for code in IN_USE if get_currency_precision(code) == 0} | {"TZS"}
    others = IN_USE - whole
    assert all(written_digits(code) == get_currency_precision(code) for code in others)


@pytest.mark.parametrize(
    ("code", "digits"),
    [("RWF", 0), ("UGX", 0), ("XOF", 0), ("KES", 2), ("GHS", 2), ("TZS", 2), ("MGA", 2),
     ("SOS", 2), ("SLL", 2), ("SLE", 2), ("TND", 3), ("MRU", 2), ("BIF", 0)],
)  # fmt: skip
def test_minor_digits_of_iso_4217(code: str, digits: int) -> None:
    assert minor_digits(code) == digits


@pytest.mark.parametrize(
    ("text", "currency", "number"),
    [
        ("500 Frw", "RWF", "500"),
        ("500F", "RWF", "500"),
        ("500f", "RWF", "500"),
        ("Frw 500", "RWF", "500"),
        ("FRW. 1,500", "RWF", "1,500"),
        ("amafaranga 500", "RWF", "500"),
        ("RWF500", "RWF", "500"),
        ("GH₵5", "GHS", "5"),
        ("gh¢ 5.50", "GHS", "5.50"),
        ("GHC5", "GHS", "5"),
        ("5 cedis", "GHS", "5"),
        ("1 Cedi", "GHS", "1"),
        ("KSh 500", "KES", "500"),
        ("Ksh.500", "KES", "500"),
        ("500/=", "KES", "500"),
        ("500 francs rwandais", "RWF", "500"),
        ("R\u20a3 500", "RWF", "500"),
        ("500 Francs CFA", "XOF", "500"),
        ("5 Ghana cedis", "GHS", "5"),
        ("500 Kenya shillings", "KES", "500"),
        ("K.Sh 500", "KES", "500"),
        ("#500", "NGN", "500"),
        ("=N=500", "NGN", "500"),
        ("NLe5", "SLE", "5"),
        ("Ksh 500/=", "KES", "500"),
        ("500 /-", "UGX", "500"),
        ("500 bob", "KES", "500"),
        ("₦500", "NGN", "500"),
        ("N500", "NGN", "500"),
        ("500 naira", "NGN", "500"),
        ("500 FCFA", "XOF", "500"),
        ("500 F CFA", "XAF", "500"),
        ("5 000F\u202fCFA", "XOF", "5 000"),
        ("K50", "ZMW", "50"),
        ("50 kwacha", "ZMW", "50"),
        ("Ar 5000", "MGA", "5000"),
    ],
)
def test_a_currency_as_its_people_write_it(text: str, currency: str, number: str) -> None:
    assert number_of(text, currency) == number


@pytest.mark.parametrize(
    ("text", "currency"),
    [("KSh 500", "RWF"), ("500 USD", "RWF"), ("$500", "RWF"), ("500/=", "RWF"), ("5k", "RWF"),
     ("5k", "ZMW"), ("500 Frw", "KES"), ("five hundred", "RWF"), ("Frw", "RWF"), ("", "RWF"),
     ("#500", "RWF"), ("500 Francs CFA", "RWF"), ("5 Ghana cedis", "NGN"),
     ("F", "RWF"), ("500 F F", "RWF"), ("₦500", "GHS")],
)  # fmt: skip
def test_another_currency_or_none_is_left_as_it_is(text: str, currency: str) -> None:
    assert number_of(text, currency) == text


@given(st.text(max_size=40), st.sampled_from(sorted(IN_USE)))
def test_nothing_is_made_up(text: str, currency: str) -> None:
    assert number_of(text, currency) in text


@given(st.integers(0, 10**12), st.sampled_from(sorted(IN_USE)))
def test_a_code_on_either_side_is_the_currency(amount: int, currency: str) -> None:
    for text in (f"{currency} {amount}", f"{amount} {currency}", f"{amount}{currency.lower()}"):
        assert number_of(text, currency) == str(amount)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "words"),
    [
        (12_000, "RWF", "12,000 RWF"),
        (1_250, "KES", "12.50 KES"),
        (-5, "KES", "-0.05 KES"),
        (99_999_999_999_999_999, "KES", "999,999,999,999,999.99 KES"),  # more than a float holds
    ],
)
def test_an_amount_for_an_officer_is_exact(amount_minor: int, currency: str, words: str) -> None:
    assert written(amount_minor, currency) == words
