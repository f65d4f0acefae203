"""Pages: any text on any budget in any language, and what a few screens look like."""

import re
import unicodedata
from itertools import pairwise

import pytest
from gsm0338 import Codec
from hypothesis import given, settings
from hypothesis import strategies as st

from menus import gsm7, sentences
from menus.answers import Amount, Name, Number
from menus.budget import Budget
from menus.languages import LANGUAGES
from menus.layout import Nav, Page, footer, page, pages
from menus.screens import Ask, Confirm, End, Fact, Info, Menu, Option, Pin, Screen
from menus.texts import Text, say
from menus.ussd import ussd_budget
from values.money import Money

BOTH = Nav(back=True, home=True)
USSD = ussd_budget()

# Words of every kind that was ever troublesome, and any others.
SORTS = ["Kopera", "w'Abahinzi", "Épargner", "août", "ng’ombe", "[a]{b}", "€€€", "ẹ́kọ́", "ሰላም",
         "e\u0301e\u0301", "እንኳን", "🎉", "👩\u200d🌾", "\U0001f1f7\U0001f1fc", "1 500", "RWF",
         "x" * 90, "{€" * 60, "🎉" * 60,
         "\t", "\n", "  ", "\r\n", "…", "\u00a0", "\ud83d", "98", "0"]  # fmt: skip
WORDS = st.one_of(st.sampled_from(SORTS), st.text(max_size=12))
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)
LABELS = st.lists(WORDS, max_size=4).map(" ".join)
MONEY = st.builds(Money, st.integers(0, 10**9), st.sampled_from(["RWF", "GHS", "UGX"]))
OPTIONS = st.dictionaries(st.integers(1, 97), LABELS, max_size=30).map(
    lambda labels: tuple(Option(key, label) for key, label in labels.items())
)
FACTS = st.lists(st.builds(Fact, LABELS, st.one_of(MONEY, LABELS)), max_size=8).map(tuple)
ANSWERS = st.sampled_from([Amount("RWF", 100, 500_000), Name(), Number(0, 9)])
SCREENS: st.SearchStrategy[Screen] = st.one_of(
    st.builds(Menu, TEXTS, OPTIONS),
    st.builds(Confirm, TEXTS, FACTS),
    st.builds(Ask, TEXTS, ANSWERS),
    st.builds(Pin, TEXTS),
    st.builds(Info, TEXTS),
    st.builds(End, TEXTS),
)
BUDGETS = st.one_of(
    st.builds(Budget, st.integers(60, 182)),
    st.builds(Budget, st.integers(160, 182), st.integers(60, 80)),
)
NAVS = st.builds(Nav, st.booleans(), st.booleans())
NOTICES = st.one_of(st.just(""), TEXTS, st.just(sentences.WRONG_OPTION))
TONGUES = st.sampled_from(LANGUAGES)


def size_in(text: str, budget: Budget) -> tuple[int, int]:
    """What a page takes and what it may, by other means than the renderer's."""
    if gsm7.is_gsm7(text):
        return len(Codec().encode(text)[0]), budget.septets
    return len(text.encode("utf-16-le")) // 2, budget.ucs2_units


def parts_of(screen: Screen, language: str) -> list[str]:
    match screen:
        case Menu(title, options):
            rows = [f"{option.key} {say(option.label, language)}" for option in options]
            return [say(title, language), *rows]
        case Confirm(question, facts):
            rows = [f"{say(fact.label, language)}: {say(fact.value, language)}" for fact in facts]
            return [say(question, language), *rows]
        case Ask(prompt) | Pin(prompt):
            return [say(prompt, language)]
        case End(text) | Info(text):
            return [say(text, language)]


def expected_words(screen: Screen, language: str, budget: Budget) -> list[str]:
    """Every word that the pages are to show, in order."""
    whole = "\n".join(parts_of(screen, language))
    if budget.ucs2_units and not gsm7.folds(whole):
        return gsm7.printable(whole).split()
    return gsm7.fold(whole).split()


def body_of(shown: Page, screen: Screen, language: str, nav: Nav) -> str:
    """The page without its lines of keys, and without Yes and No."""
    more = shown.more is not None
    takes_zero = isinstance(screen, Ask) and screen.answer.takes_zero
    back = (nav.back or shown.start > 0) and not takes_zero
    if isinstance(screen, End):
        keys = footer(language, back=False, home=False, more=more)
    else:
        keys = footer(language, back=back, home=nav.home, more=more)
    body = f"\n{shown.text}".removesuffix(keys)
    assert body + keys == f"\n{shown.text}"
    body = body.removeprefix("\n")
    if isinstance(screen, Confirm) and not more:
        yes, no = say(sentences.YES, language), say(sentences.NO, language)
        tail = f"1 {yes}\n2 {no}"
        assert body.endswith(tail)
        body = body.removesuffix(tail)
    return body


def headed(notice: Text, language: str) -> str:
    return " ".join(gsm7.fold(say(notice, language)).split())


@settings(max_examples=600)
@given(SCREENS, TONGUES, BUDGETS, NAVS, NOTICES)
def test_every_page_is_within_the_budget(
    screen: Screen, language: str, budget: Budget, nav: Nav, notice: Text
) -> None:
    for shown in pages(screen, language, budget, nav, notice):
        taken, allowed = size_in(shown.text, budget)
        assert taken <= allowed
        assert shown.text == shown.text.strip()
        assert "\n\n" not in shown.text


@settings(max_examples=600)
@given(SCREENS, TONGUES, BUDGETS, NAVS)
def test_the_pages_together_show_every_word_once_and_in_order(
    screen: Screen, language: str, budget: Budget, nav: Nav
) -> None:
    bodies = [
        body_of(shown, screen, language, nav) for shown in pages(screen, language, budget, nav)
    ]
    words = expected_words(screen, language, budget)
    assert "".join("".join(body.split()) for body in bodies) == "".join(words)

    # A page ends between words, or within one that no page could hold.
    room = budget.ucs2_units if not all(map(gsm7.is_gsm7, bodies)) else budget.septets
    room -= len(footer(language, back=True, home=True, more=True))
    remaining = words
    for before, after in pairwise(bodies):
        shown = before.split()
        if shown != remaining[: len(shown)]:
            cut = remaining[len(shown) - 1]
            assert cut.startswith(shown[-1])
            assert gsm7.ucs2_units(cut) + gsm7.septets(cut) - len(cut) > room - len("97 ")
            assert not gsm7.joined_before(cut, len(shown[-1])) or is_one_character(cut)
            remaining = [cut[len(shown[-1]) :], *remaining[len(shown) :]]
        else:
            remaining = remaining[len(shown) :]
        assert after == "" or not after[0].isspace()


def is_one_character(word: str) -> bool:
    return all(gsm7.joined_before(word, index) for index in range(1, 20))


@given(TEXTS, TONGUES, BUDGETS, NAVS)
def test_a_page_is_filled_as_far_as_words_allow(
    text: str, language: str, budget: Budget, nav: Nav
) -> None:
    screen = Info(text)
    laid = pages(screen, language, budget, nav)
    bodies = [body_of(shown, screen, language, nav) for shown in laid]
    for shown, following in pairwise(zip(laid, bodies, strict=True)):
        first_word = re.split(r"[ \n]", following[1])[0]
        taken, _allowed = size_in(f"{shown[0].text} {first_word}", budget)
        limit = budget.septets if gsm7.is_gsm7("".join(bodies)) else budget.ucs2_units
        # A number and its currency count as one word; one longer than a page is begun on the next.
        is_amount = re.search(r"\d$", shown[1]) or first_word[:1].isdigit()
        is_endless = following[1] == first_word and following[0].more is not None
        is_mark = unicodedata.category(following[1][0])[0] == "M"
        is_whole_line = not shown[0].cuts_line  # a page half full may end with a line
        assert taken > limit or is_amount or is_endless or is_mark or is_whole_line


@settings(max_examples=300)
@given(st.builds(Menu, TEXTS, OPTIONS), TONGUES, BUDGETS, NAVS)
def test_every_option_stands_on_one_page_under_its_own_key(
    menu: Menu, language: str, budget: Budget, nav: Nav
) -> None:
    laid = pages(menu, language, budget, nav)
    lines = [
        (number, line)
        for number, shown in enumerate(laid)
        for line in body_of(shown, menu, language, nav).split("\n")
    ]
    rows = parts_of(menu, language)[1:]
    encode = gsm7.printable if not all(gsm7.is_gsm7(s.text) for s in laid) else gsm7.fold
    rows = [" ".join(encode(row).split()) for row in rows]
    for row in rows:
        taken, allowed = gsm7.septets(row), budget.septets
        if encode is gsm7.printable:
            taken, allowed = gsm7.ucs2_units(row), budget.ucs2_units
        if taken + len(footer(language, back=True, home=True, more=True)) <= allowed:
            assert any(line == row for _number, line in lines)
    for number in range(len(laid)):
        keyed = [line for at, line in lines if at == number and line in rows]
        assert len(keyed) <= 9


@settings(max_examples=300)
@given(st.builds(Confirm, TEXTS, FACTS), TONGUES, BUDGETS, NAVS)
def test_yes_and_no_come_after_every_fact(
    screen: Confirm, language: str, budget: Budget, nav: Nav
) -> None:
    laid = pages(screen, language, budget, nav)
    assert [shown.asks for shown in laid] == [False] * (len(laid) - 1) + [True]
    yes = f"1 {say(sentences.YES, language)}\n"
    assert yes in laid[-1].text
    for fact in screen.facts:
        if isinstance(fact.value, Money):
            amount = say(fact.value, language)
            assert any(amount in shown.text for shown in laid)


@given(SCREENS, TONGUES, BUDGETS, NAVS)
def test_only_the_last_page_of_an_end_ends(
    screen: Screen, language: str, budget: Budget, nav: Nav
) -> None:
    laid = pages(screen, language, budget, nav)
    ends = isinstance(screen, End) or (
        isinstance(screen, Info) and not nav.home and not nav.back and len(laid) == 1
    )
    assert [shown.ends for shown in laid] == [False] * (len(laid) - 1) + [ends]


@settings(max_examples=300)
@given(SCREENS, TONGUES, BUDGETS, NAVS, NOTICES, st.data())
def test_a_notice_on_any_page_loses_nothing_of_what_follows(
    screen: Screen, language: str, budget: Budget, nav: Nav, notice: Text, data: st.DataObject
) -> None:
    plain = pages(screen, language, budget, nav)
    at = data.draw(st.sampled_from(plain))
    shown = page(screen, language, budget, nav, start=at.start, notice=notice)
    chain = [shown]
    while (start := chain[-1].more) is not None:
        assert start > chain[-1].start or chain == [shown]
        chain.append(page(screen, language, budget, nav, start=start))
    expected = "".join(
        "".join(body_of(each, screen, language, nav).split())
        for each in plain
        if each.start >= at.start
    )
    got = "".join("".join(body_of(each, screen, language, nav).split()) for each in chain)
    assert got.endswith(expected)
    if type(screen) is Confirm and at.asks:
        assert shown.asks
    top = "".join(headed(notice, language).split())
    if gsm7.is_gsm7(shown.text) and not shown.text.startswith(headed(notice, language)):
        # Only a notice longer than a page is shortened, and says so; or one that would take a
        # question's Yes and No away, of which nothing may be left.
        assert "...\n" in shown.text or (type(screen) is Confirm and shown.text == at.text)
    elif gsm7.is_gsm7(shown.text):
        assert got == top + expected


@given(SCREENS, TONGUES, BUDGETS, NAVS, NOTICES)
def test_pages_are_a_function_of_what_can_be_a_key_of_a_cache(
    screen: Screen, language: str, budget: Budget, nav: Nav, notice: Text
) -> None:
    asked = screen, language, budget, nav, notice
    assert {asked: pages(*asked)}[asked] == pages(*asked)


def shown(screen: Screen, language: str = "en", *, budget: Budget = USSD, nav: Nav = BOTH) -> str:
    return "\n~\n".join(each.text for each in pages(screen, language, budget, nav))


def test_a_menu() -> None:
    menu = Menu("Which group?", (Option(1, "Kopera"), Option(4, "Umoja")))
    assert shown(menu) == "Which group?\n1 Kopera\n4 Umoja\n0 Back 00 Home"
    assert shown(menu, "rw") == "Which group?\n1 Kopera\n4 Umoja\n0 Inyuma 00 Ahabanza"
    assert shown(menu, nav=Nav(home=True)) == "Which group?\n1 Kopera\n4 Umoja\n00 Home"
    assert shown(menu, nav=Nav()) == "Which group?\n1 Kopera\n4 Umoja"


def test_a_long_list_has_at_most_nine_options_a_page_and_goes_back() -> None:
    menu = Menu("Bus?", tuple(Option(key, f"Bus {key}") for key in range(1, 13)))
    first, second = pages(menu, "en", USSD, Nav())
    assert first.text.split("\n")[-2:] == ["9 Bus 9", "98 More"]
    assert second.text == "10 Bus 10\n11 Bus 11\n12 Bus 12\n0 Back"


def test_a_confirmation() -> None:
    question = "Pay Kopera Umoja?"
    facts = (
        Fact(sentences.NAME, "Jean B."),
        Fact(sentences.AMOUNT, Money(1500, "RWF")),
        Fact(sentences.FEE, Money(10, "RWF")),
    )
    assert shown(Confirm(question, facts), "fr") == (
        "Pay Kopera Umoja?\nNom: Jean B.\nMontant: 1,500 RWF\nFrais: 10 RWF\n1 Oui\n2 Non\n"
        "0 Retour 00 Accueil"
    )


def test_a_confirmation_that_is_too_long_keeps_its_last_fact_with_yes_and_no() -> None:
    facts = tuple(Fact(f"Part {number}", Money(10_000, "RWF")) for number in range(1, 5))
    assert shown(Confirm("Pay all the parts?", facts), budget=Budget(90)) == (
        "Pay all the parts?\nPart 1: 10,000 RWF\nPart 2: 10,000 RWF\n98 More\n0 Back 00 Home\n~\n"
        "Part 3: 10,000 RWF\nPart 4: 10,000 RWF\n1 Yes\n2 No\n0 Back 00 Home"
    )


@pytest.mark.parametrize(
    ("septets", "on_top"),
    [
        (117, "Choose a number shown.\n"),
        (116, "Choose a number...\n"),
        (113, "Choose a...\n"),
        (109, ""),
        (94, ""),
    ],
)
def test_a_notice_never_takes_yes_and_no_away(septets: int, on_top: str) -> None:
    facts = (
        Fact(sentences.AMOUNT, Money(300_000, "RWF")),
        Fact(sentences.FEE, Money(150, "RWF")),
    )
    question = Confirm("Approve this top-up by Bizimana O.?", facts)
    alone = page(question, "en", Budget(septets), BOTH).text
    told = page(question, "en", Budget(septets), BOTH, notice="Choose a number shown.")
    assert told.asks
    assert told.text == on_top + alone


def test_yes_and_no_never_stand_without_a_fact() -> None:
    facts = tuple(Fact(f"Part {number}", Money(10_000, "RWF")) for number in range(1, 4))
    all_but_yes_and_no = len("Pay?") + 3 * len("\nPart 1: 10,000 RWF") + len("\n98 More\n00 Home")
    told = shown(Confirm("Pay?", facts), budget=Budget(all_but_yes_and_no), nav=Nav(home=True))
    assert told == (
        "Pay?\nPart 1: 10,000 RWF\nPart 2: 10,000 RWF\n98 More\n00 Home\n~\n"
        "Part 3: 10,000 RWF\n1 Yes\n2 No\n0 Back 00 Home"
    )


def test_a_word_longer_than_a_page_is_cut_where_the_page_is_full() -> None:
    first, *_others = pages(Info("€" * 100), "en", Budget(61), Nav())
    assert first.text == "€" * 26 + "\n98 More"


@pytest.mark.parametrize(
    "visible", ["👩\u200d🌾", "\U0001f1f7\U0001f1fc", "👍\U0001f3fd", "ሰ\u0301\u0301"]
)
def test_a_cut_within_a_word_parts_no_visible_character(visible: str) -> None:
    for size in range(60, 66):
        laid = pages(Info(visible * 60), "en", Budget(160, size), Nav())
        bodies = [body_of(each, Info(""), "en", Nav()) for each in laid]
        assert len(bodies) > 1
        assert all(body == visible * (len(body) // len(visible)) for body in bodies)


def test_an_amount_is_never_cut_from_its_currency() -> None:
    text = "Vous avez payé la somme totale de 1 500 000 RWF au groupe Kopera."
    for size in range(60, 100):
        told = shown(Info(text), "fr", budget=Budget(size), nav=Nav())
        assert "1 500 000 RWF" in told


def test_an_end_is_paged_and_has_no_way_back() -> None:
    first, second = pages(End("Thank you. " * 20), "en", USSD, BOTH)
    assert first.text.endswith("Thank you. Thank\n98 More")
    assert not first.ends
    assert second.text.endswith("Thank you.")
    assert second.ends


def test_french_is_folded_whether_or_not_the_service_carries_ucs2() -> None:
    screen = Info("Août: fête de l’épargne")
    for budget in (USSD, ussd_budget(ucs2=True)):
        assert shown(screen, "fr", budget=budget, nav=Nav()) == "Aout: fete de l'épargne"


def test_what_cannot_be_folded_is_kept_where_the_service_carries_it() -> None:
    screen = Info("ሰላም ለሁሉም")
    assert shown(screen, budget=ussd_budget(ucs2=True), nav=Nav()) == "ሰላም ለሁሉም"
    assert shown(screen, nav=Nav()) == "??? ????"


def test_zero_is_the_value_where_it_is_an_answer() -> None:
    assert shown(Ask("How many?", Number(0, 9))) == "How many?\n00 Home"
    assert shown(Ask("How many?", Number(1, 9))) == "How many?\n0 Back 00 Home"


def test_a_notice_that_fills_a_page_stands_alone_and_the_screen_follows_whole() -> None:
    menu = Menu("Which?", (Option(1, "Kopera y'abahinzi b'ibirayi"),))
    notice = "This service is paused. Please try again."
    first, second = pages(menu, "en", Budget(70), BOTH, notice)
    assert first.text == f"{notice}\n98 More\n0 Back 00 Home"
    assert second.text == "Which?\n1 Kopera y'abahinzi b'ibirayi\n0 Back 00 Home"


def test_a_notice_longer_than_a_page_ends_in_dots() -> None:
    first, second = pages(Info("Hello."), "en", Budget(60), BOTH, "going on " * 20)
    assert first.text == "going on going on going on going...\n98 More\n0 Back 00 Home"
    assert second.text == "Hello.\n0 Back 00 Home"


@pytest.mark.parametrize(("asked", "granted"), [(160, 160), (182, 182), (184, 182), (60, 60)])
def test_no_budget_exceeds_what_a_ussd_string_carries(asked: int, granted: int) -> None:
    assert ussd_budget(asked) == Budget(granted)


def test_ucs2_budgets() -> None:
    assert ussd_budget(ucs2=True) == Budget(160, 70)
    assert ussd_budget(ucs2=True, ucs2_units=120) == Budget(160, 80)
    assert ussd_budget(130, ucs2=True) == Budget(130, 65)


@pytest.mark.parametrize(("septets", "units"), [(59, 0), (160, 59), (160, -1), (0, 0), (139, 70)])
def test_a_budget_too_small_to_lay_out_is_refused(septets: int, units: int) -> None:
    with pytest.raises(ValueError, match=r"a page (needs|carries) at least"):
        Budget(septets, units)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tail_that_fits_no_page_with_its_keys_stands_without_them(language: str) -> None:
    """The least page, every key, and the longest words below: it comes to an end."""
    screen = Confirm("Pay into the group?", by_pin=True)
    every = Nav(back=True, home=True, call_me=True)
    laid = pages(screen, language, ussd_budget(60), every)
    assert len(laid) <= 2
    assert all(gsm7.septets(page.text) <= 60 for page in laid)
    assert laid[-1].asks
