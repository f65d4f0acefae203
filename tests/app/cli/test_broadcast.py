"""`piga broadcast`: what it counts, asks and says; the sending itself is the workers'."""

import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.cli import Piga, demo

__all__ = ["demo"]

TENANT = ("--tenant", "ibimina")
WORDS = ("--text", "rw=Muraho {name}, {group}.", "--text", "en=Hello {name}, {group}.")


def send(piga: Piga, *more: str) -> Result:
    return piga("broadcast", "send", *TENANT, "--by", "ann", "--no-wait", *more)


def id_of(told: Result) -> str:
    [id, *_] = re.findall(r"^([0-9a-f-]{36})  ", told.stdout, re.M)
    return str(id)


def test_a_group_is_counted_asked_about_paused_and_cancelled(demo: Piga) -> None:
    asked = send(demo, "--group", "KOP1", *WORDS)  # nobody answers
    assert asked.exit_code == 1
    assert "to group KOP1\n  people    " in asked.stdout
    assert "  cost      unknown: no text has been charged lately\n" in asked.stdout
    assert re.search(r"en: \d+ texts, the longest: Hello \w+ E\., Kopera Twisung", asked.stdout)
    assert "Send it? [y/N]" in asked.stdout
    draft = id_of(asked)
    again = send(demo, "--group", "KOP1", *WORDS, "--yes")
    assert again.stderr.startswith(f"Error: The same broadcast was made within a day: {draft}, dr")
    assert demo("broadcast", "cancel", draft, *TENANT, "--by", "ann", "--yes").stdout == (
        "Cancelled. 0 texts were taken back.\n"
    )
    sent = send(demo, "--group", "KOP1", *WORDS, "--yes")
    id = id_of(sent)
    assert re.search(
        rf"^{id}  .* running    \d+ people, group KOP1, by ann\n  waiting ", sent.stdout, re.M
    )
    assert demo("broadcast", "pause", id, *TENANT, "--by", "ben").stdout.startswith("Paused. 0 ")
    twice = demo("broadcast", "pause", id, *TENANT, "--by", "ben")
    assert twice.stderr == (
        "Error: This broadcast is paused: it cannot be paused. Nothing was changed.\n"
    )
    waited = demo("broadcast", "show", id, *TENANT, "--wait")  # it is paused: nothing to wait for
    assert waited.exit_code == 0
    assert demo("broadcast", "resume", id, *TENANT, "--by", "ben").stdout == "It goes on.\n"
    assert f"{id}  " in demo("broadcast", "list", *TENANT).stdout
    rows = list(csv.DictReader(io.StringIO(demo("broadcast", "outcome", id, *TENANT).stdout)))
    assert {row["outcome"] for row in rows} == {"waiting"}
    assert "Uwera C." in {row["name"] for row in rows}
    demo("broadcast", "cancel", id, *TENANT, "--by", "ann", "--yes")


def test_nothing_is_sent_where_the_answer_is_no(demo: Piga) -> None:
    from click.testing import CliRunner

    from app.cli import main

    args = ["broadcast", "send", *TENANT, "--by", "ann", "--everyone", "--text", "rw=Muraho."]
    told = CliRunner().invoke(main, args, env=demo.env, input="n\n")
    assert told.stdout.endswith("Nothing was sent.\n")
    assert "  cancelled  " in demo("broadcast", "list", *TENANT).stdout


def test_a_list_is_refused_as_a_whole(demo: Piga, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("number\n+250788000101\n12\n")
    args = ("--list", str(file), "--text", "rw=Muraho.", "--yes")
    assert send(demo, *args).stderr == "Error: Row 3: no plan has such a phone number.\n"
    file.write_text("number\n+250788000101\n0788999999\n")
    refused = send(demo, *args)
    assert refused.stderr.startswith("Error: 1 numbers are nobody's here (rows 3). Nothing was ")
    taken = send(demo, *args, "--strangers")
    assert "  people    2\n" in taken.stdout
    demo("broadcast", "cancel", id_of(taken), *TENANT, "--by", "ann", "--yes")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ((), "Say whom it is for, once"),
        (("--group", "KOP1", "--everyone"), "Say whom it is for, once"),
        (("--everyone", "--strangers"), "--strangers goes with --list"),
        (("--group", "KOP99"), "There is no group KOP99."),
        (("--where", "role=king"), "role=king: there are "),
        (("--everyone", "--service", "999"), "No such service to send texts from: 999."),
        (("--everyone", "--reply-flow", "none"), "There is no flow none"),
        (("--everyone", "--service", "*384*10#", "--reply-flow", "contribute"), "is dialled"),
        (("--everyone", "--text", "rw=Again"), "one text a language is needed"),
        (("--everyone", "--text", "de=Hallo"), "de: the tenant speaks rw, en"),
        (("--everyone", "--text", "en={x}"), "no such value: {x}"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    demo: Piga, args: tuple[str, ...], why: str
) -> None:
    before = demo("broadcast", "list", *TENANT).stdout
    refused = send(demo, "--text", "rw=Muraho.", *args, "--yes")
    assert refused.exit_code == 1
    assert why in refused.stderr
    assert demo("broadcast", "list", *TENANT).stdout == before


def test_words_come_from_a_file(demo: Piga, tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("rw: Inama ni ejo.\nen: The meeting is tomorrow.\n")
    asked = send(demo, "--where", "language=en", "--words", str(file), "--service", "10384")
    assert "the longest: The meeting is tomorrow.\n" in asked.stdout
    demo("broadcast", "cancel", id_of(asked), *TENANT, "--by", "ann", "--yes")
    file.write_text("- a list\n")
    assert "a language and its words" in send(demo, "--everyone", "--words", str(file)).stderr


def test_above_the_limit_a_second_officer_agrees(
    demo: Piga, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.broadcasts import sending

    monkeypatch.setattr(sending, "ALONE_PEOPLE_MAXIMUM", 1)
    told = send(demo, "--group", "KOP2", *WORDS, "--yes", "--reason", "general assembly")
    [request] = re.findall(r"It waits for a second officer: ([0-9a-f-]{36})\.\n$", told.stdout)
    listed = demo("approvals", "list", *TENANT).stdout
    assert "broadcast to 4 people (group KOP2): Muraho {name}, {group}." in listed
    assert "asked by ann: general assembly" in listed
    own = demo("approvals", "approve", request, *TENANT, "--by", "ann", "--yes")
    assert "Another officer has to decide" in own.stderr
    assert demo("approvals", "approve", request, *TENANT, "--by", "ben", "--yes").exit_code == 0
    assert " running " in demo("broadcast", "show", id_of(told), *TENANT).stdout
    demo("broadcast", "cancel", id_of(told), *TENANT, "--by", "ann", "--yes")
