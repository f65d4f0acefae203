"""Catalogues against sources: a small project with every kind of fault in it."""

from pathlib import Path

import pytest

from menus.catalogues import Gap, duplicates, extract, gaps, misused_marks, problems, update
from menus.texts import catalogue_path, read_catalogue

LANGUAGES = ("en", "rw", "fr", "sw")
SOURCE = """
from menus.texts import _, N_

GREETING = _("Good day")
PAY = N_(
    "Pay {amount} to "
    "{group}?"
)


def ask(amount, group):
    return _("Pay {amount}, {unit}", amount=amount, unit=_("francs"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "pay.py").write_text(SOURCE)
    return tmp_path


def check(project: Path) -> list[str]:
    where = (project, project / "locales", ("flows",), LANGUAGES)
    found = [*problems(*where), *(gap.problem for gap in gaps(*where))]
    return list(map(str, sorted(found)))


def bring_up(project: Path) -> dict[str, int]:
    return update(project, project / "locales", ("flows",), LANGUAGES)


def translate(project: Path, language: str, english: str, said: str) -> None:
    path = catalogue_path(language, project / "locales")
    entry = f'msgid "{english}"\nmsgstr "'
    text = path.read_text()
    assert entry in text
    before, _entry, after = text.partition(entry)
    _old, quote, rest = after.partition('"')
    path.write_text("".join((before, entry, said, quote, rest)))


def said_in(project: Path, language: str, english: str) -> object:
    entry = read_catalogue(language, project / "locales").get(english)
    return entry.string if entry else None


def translate_all(project: Path) -> None:
    for language in LANGUAGES:
        for english in ("Good day", "francs", "Pay {amount}, {unit}", "Pay {amount} to {group}?"):
            translate(project, language, english, english)


def test_every_marked_sentence_is_collected_with_its_file(project: Path) -> None:
    template = extract(project, ("flows",))
    assert {str(message.id): message.locations[0][0] for message in template if message.id} == {
        "Good day": "flows/pay.py",
        "Pay {amount} to {group}?": "flows/pay.py",
        "Pay {amount}, {unit}": "flows/pay.py",
        "francs": "flows/pay.py",
    }


def test_new_sentences_come_in_empty_and_english_as_they_are(project: Path) -> None:
    assert bring_up(project) == {"en": 0, "rw": 4, "fr": 4, "sw": 4}
    assert said_in(project, "en", "Good day") == "Good day"
    assert check(project) == [
        f"flows: {language}.po {english!r}: has no translation"
        for language in ("fr", "rw", "sw")
        for english in sorted(
            ["Good day", "Pay {amount} to {group}?", "Pay {amount}, {unit}", "francs"], key=repr
        )
    ]


def test_a_gap_says_which_files_have_the_sentence(project: Path) -> None:
    bring_up(project)
    (project / "flows" / "again.py").write_text(SOURCE)
    found = gaps(project, project / "locales", ("flows",), ("rw",))
    assert found[0] == Gap("rw", "Good day", ("flows/again.py", "flows/pay.py"))
    assert len(found) == 4


def test_what_is_translated_everywhere_passes(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    assert check(project) == []


def test_a_planted_gap_is_told(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    translate(project, "fr", "francs", "")
    assert check(project) == ["flows: fr.po 'francs': has no translation"]


def test_other_placeholders_are_told(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    translate(project, "rw", "Pay {amount} to {group}?", "Ishyura {amount}?")
    translate(project, "sw", "Pay {amount} to {group}?", "Lipa {amount} kwa {group}}?")
    assert [problem.partition(":")[2][:8] for problem in check(project)] == [" rw.po '", " sw.po '"]


def test_a_fuzzy_entry_is_told(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    path = catalogue_path("fr", project / "locales")
    path.write_text(path.read_text().replace('msgid "francs"', '#, fuzzy\nmsgid "francs"'))
    assert check(project) == [
        "flows: fr.po 'francs': is marked fuzzy, so it is not used",
    ]


def test_a_sentence_that_has_gone_is_told_kept_and_comes_back(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    translate(project, "fr", "Good day", "Bonjour")
    source = project / "flows" / "pay.py"
    source.write_text(SOURCE.replace('_("Good day")', '_("Hello")'))
    told = check(project)
    assert "menus: fr.po 'Good day': is no longer used" in told
    assert "flows: fr.po 'Hello': has no translation" in told

    bring_up(project)
    assert not any("no longer used" in problem for problem in check(project))
    source.write_text(SOURCE)
    bring_up(project)
    assert said_in(project, "fr", "Good day") == "Bonjour"
    assert check(project) == []


def test_bringing_up_twice_writes_the_same_bytes(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    bring_up(project)
    first = {path: path.read_bytes() for path in (project / "locales").rglob("*.po")}
    bring_up(project)
    assert {path: path.read_bytes() for path in (project / "locales").rglob("*.po")} == first


def test_a_missing_catalogue_is_told(project: Path) -> None:
    bring_up(project)
    translate_all(project)
    catalogue_path("sw", project / "locales").unlink()
    assert check(project) == ["menus: sw.po: there is no such catalogue"]


def test_sentences_that_differ_by_dress_only_are_told(project: Path) -> None:
    (project / "flows" / "late.py").write_text(
        'from menus.texts import _\nA = _("good  day!")\nB = _("Pay {amount} to {groups}?")\n'
    )
    told = duplicates(extract(project, ("flows",)))
    assert [str(problem) for problem in told] == ["menus: good  day!: says the same as 'Good day'"]


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("_(words)", "cannot be collected"),
        ('_("a" + words)', "cannot be collected"),
        ('_(f"Pay {words}")', "cannot be collected"),
        ("_()", "cannot be collected"),
        ('_("Pay {amount}")', "is not given exactly the values that it names"),
        ('_("Pay", amount=1)', "is not given exactly the values that it names"),
        ('_("Pay {0}", amount=1)', "has a brace that is no {placeholder}"),
        ('_("Pay {amount!r}", amount=1)', "has a brace that is no {placeholder}"),
    ],
)
def test_a_mark_that_is_used_wrongly_is_told_by_its_line(
    project: Path, call: str, what: str
) -> None:
    (project / "flows" / "bad.py").write_text(f"from menus.texts import _\n\nX = {call}\n")
    told = misused_marks(project, ("flows",))
    assert [problem.place for problem in told] == ["flows/bad.py:3"]
    assert what in told[0].what


@pytest.mark.parametrize("call", ['_("Pay {a}", **words)', 'N_("Pay {a}")', '_("Pay {a}", a=1)'])
def test_marks_used_rightly_pass(project: Path, call: str) -> None:
    (project / "flows" / "good.py").write_text(f"from menus.texts import _, N_\n\nX = {call}\n")
    assert misused_marks(project, ("flows",)) == []
