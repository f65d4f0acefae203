"""What people type, and what is read of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus import sentences
from menus.answers import (
    Amount,
    Answer,
    Code,
    Name,
    Number,
    Phone,
    Pin,
    PinAgain,
    WrongAnswer,
    weak_pin,
)
from menus.keys import navigation, option_key
from menus.languages import LANGUAGES
from menus.texts import Msg, say

RWF = Amount("RWF", 100, 500_000)
GHS = Amount("GHS", 100, 50_000_00)
RWANDA = Phone("RW")
MGA = Amount("MGA", 100_00, 500_000_00)

KINDS: list[Answer[object]] = [RWF, GHS, Number(1, 97), Name(), RWANDA, Code(), Pin()]


def reason(kind: Answer[object], raw: str) -> Msg:
    with pytest.raises(WrongAnswer) as caught:
        kind.parse(raw)
    return caught.value.reason


def refusal(kind: Answer[object], raw: str) -> WrongAnswer | None:
    try:
        kind.parse(raw)
    except WrongAnswer as refused:
        return refused
    return None


@pytest.mark.parametrize(
    ("raw", "amount_minor"),
    [
        ("500", 500),
        (" 1500 ", 1500),
        ("1,500", 1500),
        ("1 500", 1500),
        ("1.500", 1500),
        ("1'500", 1500),
        ("1\u202f500", 1500),
        ("500,000", 500_000),
        ("٥٠٠", 500),
        ("١٬٥٠٠", 1500),
        ("\uff11\uff15\uff10\uff10", 1500),
        ("१५००", 1500),
        ("0500", 500),
        ("500#", 500),
        ("500.", 500),
        ("500 RWF", 500),
        ("rwf500", 500),
        ("500 Frw", 500),
        ("500F", 500),
        ("Frw 1,500", 1500),
        ("1000.00", 1000),
        ("1,000.00", 1000),
        ("1000,0", 1000),
        ("\u200e500\u200f", 500),
    ],
)
def test_amounts_in_whole_francs(raw: str, amount_minor: int) -> None:
    assert RWF.parse(raw) == amount_minor


@pytest.mark.parametrize(
    ("raw", "amount_minor"),
    [
        ("1500.50", 150_050),
        ("1500,50", 150_050),
        ("1500.5", 150_050),
        ("1,500.50", 150_050),
        ("1.500,50", 150_050),
        ("1 500,50", 150_050),
        ("1500", 150_000),
        ("1,500", 150_000),
        ("1.05", 105),
        ("٢٫٥", 250),
        ("GH₵5", 500),
        ("5 cedis", 500),
        ("GHS 1,500.00", 150_000),
        ("1000.00", 100_000),
    ],
)
def test_amounts_in_cedis_and_pesewas(raw: str, amount_minor: int) -> None:
    assert GHS.parse(raw) == amount_minor


@pytest.mark.parametrize(
    ("raw", "currency", "amount_minor"),
    [
        ("KSh 500", "KES", 500_00),
        ("500/=", "KES", 500_00),
        ("₦500", "NGN", 500_00),
        ("500 FCFA", "XOF", 500),
        ("500/=", "UGX", 500),
        ("1000.00", "UGX", 1000),
        ("TSh 1,000.00", "TZS", 1000_00),
    ],
)
def test_amounts_of_a_country(raw: str, currency: str, amount_minor: int) -> None:
    assert Amount(currency, 0, 10**9).parse(raw) == amount_minor


@pytest.mark.parametrize("raw", ["5000", "5.000", "5 000 Ar", "5000.00"])
def test_ariary_are_typed_whole_and_counted_in_hundredths(raw: str) -> None:
    assert MGA.parse(raw) == 5000_00
    assert reason(MGA, "5000.50") == sentences.WHOLE_AMOUNT
    assert say(reason(MGA, "99"), "en") == "Between 100 MGA and 500,000 MGA, please."


@pytest.mark.parametrize(
    "raw",
    ["", " ", "-500", "+500", "five", "5oo", "1,50,000", "1 5000", "15 00", "5 + 5", "1e3", "٪",
     "500 USD", "KSh 500", "5k", "500/=",
     "1,500.000.00", "x²", "½", "🎉", "5\x00", "0x10", "1_000", "５００ド"],
)  # fmt: skip
def test_what_is_no_amount(raw: str) -> None:
    assert reason(RWF, raw) == sentences.WRONG_AMOUNT


@pytest.mark.parametrize("raw", ["500.50", "1,50", "0.500", "500,5"])
def test_francs_have_no_decimals(raw: str) -> None:
    assert reason(RWF, raw) == sentences.WHOLE_AMOUNT


@pytest.mark.parametrize("raw", ["1.500", "1.505,5.5", "1,500,50", "1.555", "0.001"])
def test_cedis_that_may_be_meant_two_ways_or_none(raw: str) -> None:
    assert reason(GHS, raw) == sentences.WRONG_AMOUNT


@pytest.mark.parametrize("raw", ["99", "0", "500001", "1,000,000"])
def test_an_amount_out_of_range_names_the_range(raw: str) -> None:
    expected = "Between 100 RWF and 500,000 RWF, please."
    assert say(reason(RWF, raw), "en") == expected


@given(st.integers(100, 500_000))
def test_an_amount_as_it_is_said_is_read_back(amount_minor: int) -> None:
    for language in ("en", "fr"):
        assert RWF.parse(say(amount_minor, language)) == amount_minor


@pytest.mark.parametrize(("raw", "number"), [("7", 7), ("٧", 7), ("07", 7), ("97", 97)])
def test_numbers(raw: str, number: int) -> None:
    assert Number(1, 97).parse(raw) == number


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("0", "Between 1 and 97, please."),
        ("1,000", "Between 1 and 97, please."),
        ("1.5", "Type a number in digits."),
        ("", "Type a number in digits."),
        ("many", "Type a number in digits."),
    ],
)
def test_what_is_no_such_number(raw: str, said: str) -> None:
    assert say(reason(Number(1, 97), raw), "en") == said


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Jean", "Jean"),
        ("  jean   paul ", "jean paul"),
        ("Uwase M.", "Uwase M."),
        ("N’Diaye", "N'Diaye"),
        ("Marie-Claire", "Marie-Claire"),
        ("አበበ", "አበበ"),
        ("محمد", "محمد"),
        ("E\u0323\u0301niọla", "Ẹ\u0301niọla"),
        ("Li", "Li"),
        ("A" * 80, "A" * 80),
        (
            "Andriantsimitoviaminandriandrazaka Rakotomanga J",
            "Andriantsimitoviaminandriandrazaka Rakotomanga J",
        ),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert Name(any_letters=True).parse(raw) == name


@pytest.mark.parametrize(
    "name",
    ["Uwase-Mukamana", "O'Brien", "Élise", "Çağrı", "Œuvrard", "Ẹniọla", "Ɓala", "Jean P."],
)
def test_names_that_a_latin_screen_shows(name: str) -> None:
    assert Name().parse(name) == name


@pytest.mark.parametrize("raw", ["محمد علي", "አበበ ቢቂላ", "Иван", "Jean አበበ", "李明"])
def test_names_that_it_does_not_show(raw: str) -> None:
    assert reason(Name(), raw) == sentences.OTHER_LETTERS
    assert Name(any_letters=True).parse(raw) == raw


@pytest.mark.parametrize(
    "raw",
    ["", "J", "12345", "Jean2", "Jean\x00Paul", "Jean 🎉", "🎉🎉", "-Jean", "A" * 81, "a@b.rw",
     "J<b>", "...", "e" + "\u0301" * 20, "Jean\u200bPaul", "\ud83d\ud83d", "٣٤"],
)  # fmt: skip
def test_what_is_no_name(raw: str) -> None:
    assert reason(Name(), raw) == sentences.WRONG_NAME


@pytest.mark.parametrize(
    "raw",
    ["0788123456", "788123456", "+250788123456", "250788123456", " 250788123456", "00250788123456",
     "+2500788123456", "2500788123456", "0788 123 456", "+250 788-123-456", "(0788) 123.456",
     "٠٧٨٨١٢٣٤٥٦", "\uff0b250788123456", "0788123456#"],
)  # fmt: skip
def test_one_number_in_every_dress(raw: str) -> None:
    assert RWANDA.parse(raw) == "+250788123456"


@pytest.mark.parametrize(
    ("country", "raw", "number"),
    [
        ("RW", "+254712345678", "+254712345678"),
        ("RW", "00254712345678", "+254712345678"),
        ("KE", "0712345678", "+254712345678"),
        ("KE", "000250788123456", "+250788123456"),
        ("NG", "08031234567", "+2348031234567"),
        ("NG", "009250788123456", "+250788123456"),
        ("GH", "+233 (0)20 123 4567", "+233201234567"),
        ("UG", "256772123456", "+256772123456"),
        ("CI", "07 01 00 00 11", "+2250701000011"),
        ("US", "2025550123", "+12025550123"),
    ],
)
def test_numbers_of_other_countries(country: str, raw: str, number: str) -> None:
    assert Phone(country).parse(raw) == number


@pytest.mark.parametrize(
    "raw",
    ["", "0", "+0", "+25 0", "++250788123456", "+1", "abc", "0788123456x", "2748", "123456",
     "+25478812345678901234"],
)  # fmt: skip
def test_what_is_no_whole_number(raw: str) -> None:
    assert reason(RWANDA, raw) == sentences.WRONG_PHONE


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("0718 123 456", "0718123456"),
        ("078812345", "078812345"),
        ("07881234567", "07881234567"),
        ("+250 788-12-345", "+25078812345"),
        ("+2507881234567", "+2507881234567"),
        ("25078812345", "25078812345"),
        ("250788123", "250788123"),
        ("254712345678", "254712345678"),
        ("+0788123456", "+0788123456"),
        ("000250788123456", "000250788123456"),
    ],
)
def test_a_number_that_nobody_can_have_is_shown_again(raw: str, shown: str) -> None:
    said = say(reason(RWANDA, raw), "en")
    assert said == f"There is no number {shown}. Check it and type it again."


@pytest.mark.parametrize("raw", ["012345", "012 345", "012-345", "٠١٢٣٤٥", "012345."])
def test_codes(raw: str) -> None:
    assert Code().parse(raw) == "012345"


@pytest.mark.parametrize("raw", ["", "12345", "1234567", "12345a", "12,345"])
def test_what_is_no_code(raw: str) -> None:
    assert say(reason(Code(), raw), "en") == "The code has 6 digits."


@pytest.mark.parametrize(
    ("raw", "pin"),
    [("4071", "4071"), (" 40713 ", "40713"), ("٤٠٧١", "4071"), ("407132#", "407132")],
)
def test_pins(raw: str, pin: str) -> None:
    assert Pin().parse(raw) == pin


def test_a_pin_typed_again_is_a_pin() -> None:
    assert PinAgain().parse(" 1212 ") == "1212"
    assert reason(PinAgain(), "121") == sentences.WRONG_PIN_FORMAT


@pytest.mark.parametrize("raw", ["", "407", "4071325", "40 71", "4o71", "-4071", "²²²²"])
def test_what_is_no_pin(raw: str) -> None:
    assert reason(Pin(), raw) == sentences.WRONG_PIN_FORMAT


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("1234", sentences.PIN_IN_A_ROW),
        ("4321", sentences.PIN_IN_A_ROW),
        ("0123", sentences.PIN_IN_A_ROW),
        ("7890", sentences.PIN_IN_A_ROW),
        ("1098", sentences.PIN_IN_A_ROW),
        ("345678", sentences.PIN_IN_A_ROW),
        ("1111", sentences.PIN_REPEATED),
        ("000000", sentences.PIN_REPEATED),
        ("1212", sentences.PIN_REPEATED),
        ("474747", sentences.PIN_REPEATED),
        ("407407", sentences.PIN_REPEATED),
        ("2580", sentences.PIN_POPULAR),
        ("0852", sentences.PIN_POPULAR),
        ("3456", sentences.PIN_IN_A_ROW),
        ("3416", sentences.PIN_IN_PHONE),
        ("83416", sentences.PIN_IN_PHONE),
        ("1987", sentences.PIN_BIRTH_YEAR),
        ("198702", sentences.PIN_BIRTH_YEAR),
        ("4071", None),
        ("1357", sentences.PIN_POPULAR),
        ("2468", sentences.PIN_POPULAR),
        ("8642", sentences.PIN_POPULAR),
        ("24680", sentences.PIN_POPULAR),
        ("1379", sentences.PIN_POPULAR),
        ("9137", sentences.PIN_POPULAR),
        ("2684", sentences.PIN_POPULAR),
        ("1478", sentences.PIN_POPULAR),
        ("5683", sentences.PIN_POPULAR),
        ("1213", sentences.PIN_POPULAR),
        ("1020", sentences.PIN_POPULAR),
        ("102030", sentences.PIN_POPULAR),
        ("121110", sentences.PIN_POPULAR),
        ("12369", sentences.PIN_POPULAR),
        ("15937", sentences.PIN_POPULAR),
        ("159753", sentences.PIN_POPULAR),
        ("147258", sentences.PIN_POPULAR),
        ("123654", sentences.PIN_POPULAR),
        ("789456", sentences.PIN_POPULAR),
        ("142536", sentences.PIN_POPULAR),
        ("1122", sentences.PIN_REPEATED),
        ("112233", sentences.PIN_REPEATED),
        ("111222", sentences.PIN_REPEATED),
        ("0007", sentences.PIN_REPEATED),
        ("1221", sentences.PIN_REPEATED),
        ("12121", sentences.PIN_REPEATED),
        ("12321", sentences.PIN_REPEATED),
        ("123321", sentences.PIN_REPEATED),
        ("1986", sentences.PIN_YEAR),
        ("1900", sentences.PIN_YEAR),
        ("2004", sentences.PIN_YEAR),
        ("1896", None),
        ("19860", None),
        ("0788", None),
        ("1230", None),
        ("3056", None),
        ("11223", None),
        ("159754", None),
    ],
)
def test_weak_pins_and_why(pin: str, why: Msg | None) -> None:
    assert weak_pin(pin, "+250788183416", 1987) == why


def test_unknown_phone_and_year_refuse_nothing_more() -> None:
    assert weak_pin("198702") is None
    assert weak_pin("3416") is None


def test_every_year_until_the_coming_one_is_refused() -> None:
    coming = datetime.now(UTC).year + 1
    assert all(weak_pin(str(year)) is not None for year in range(1900, coming + 1))
    assert weak_pin(str(coming), "", coming) == sentences.PIN_BIRTH_YEAR
    after = [weak_pin(str(year)) for year in range(coming + 1, 2100)]
    assert sentences.PIN_YEAR not in after
    assert None in after


@pytest.mark.parametrize(("digits", "most"), [(4, 0.11), (5, 0.025)])
def test_most_pins_are_left_to_choose_from(digits: int, most: float) -> None:
    pins = [f"{number:0{digits}}" for number in range(10**digits)]
    assert sum(weak_pin(pin) is not None for pin in pins) <= most * len(pins)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
@pytest.mark.parametrize("raw", ["5" * 10_000, "a" * 10_240, " " * 10_000 + "5", "5" + " " * 300])
def test_an_endless_answer_is_told_so_shortly(kind: Answer[object], raw: str) -> None:
    assert reason(kind, raw) == sentences.TOO_LONG


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
@given(raw=st.text(max_size=40))
def test_any_text_is_read_or_refused_in_a_short_sentence(kind: Answer[object], raw: str) -> None:
    refused = refusal(kind, raw)
    if refused is not None:
        assert all(len(say(refused.reason, language)) <= 70 for language in LANGUAGES)
        assert refused.__context__ is None
        # A word such as "phon" is in the sentence without having been taken from what was typed.
        assert len(raw) < 4 or raw.isalpha() or raw not in str(refused)


@pytest.mark.parametrize(
    ("raw", "key"),
    [("1", 1), (" 2 ", 2), ("3#", 3), ("4.", 4), ("٥", 5), ("\uff16", 6), ("12", 12), ("97", 97),
     ("1)", 1), ("02", 2), ("2,", 2), ("3:", 3), ("\u200e4", 4), ("01.)", 1),
     ("(2)", 2), ("[3]", 3), ("4-", 4), ("-4", None),
     ("0", None), ("00", None), ("002", None), ("123", None), (")", None), ("(1", None),
     ("", None), ("one", None),
     ("1*2", None), ("²", None), ("1" * 10_000, None)],
)  # fmt: skip
def test_keys_of_options(raw: str, key: int | None) -> None:
    assert option_key(raw) == key


@pytest.mark.parametrize(
    ("raw", "where"),
    [("0", "back"), ("00", "home"), ("98", "more"), (" 0# ", "back"), ("٠٠", "home"),
     ("٩٨", "more"), ("0)", "back"), ("98,", "more"), ("000", "call_me"), ("0000", None),
     ("1", None), ("", None), ("980", None)],
)  # fmt: skip
def test_keys_that_lead_on(raw: str, where: str | None) -> None:
    assert navigation(raw) == where
