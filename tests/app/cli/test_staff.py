"""`piga staff`, `piga audit` and `piga api-key` as an operator types them."""

import re
from pathlib import Path

from tests.support.cli import Piga, demo

__all__ = ["demo"]

TENANT = ("--tenant", "moto")


def test_somebody_is_taken_on_given_other_roles_and_let_go(demo: Piga) -> None:
    told = demo("staff", "invite", "m.uwera", *TENANT, "--role", "operator:station=Tema 2")
    assert re.match(r"http://[^/]+/console/welcome/[\w=-]{60,}\nGive them this link", told.stdout)
    assert "m.uwera  invited  operator (station Tema 2)\n" in demo("staff", "list", *TENANT).stdout
    assert demo("staff", "roles", "m.uwera", *TENANT, "--role", "treasurer").exit_code == 0
    assert "m.uwera  invited  treasurer\n" in demo("staff", "list", *TENANT).stdout
    wrong = demo("staff", "invite", "x", *TENANT, "--role", "boss")
    assert wrong.stderr.startswith("Error: There is no role boss")
    wrong = demo("staff", "invite", "xy", *TENANT, "--role", "auditor:station=Tema")
    assert wrong.stderr == "Error: auditor is not given within a station.\n"
    assert "super_admin  may do everything here" in demo("staff", "roles").stdout
    asked = demo("staff", "recover", "m.uwera", *TENANT, "--by", "ann", "--reason", "lost")
    assert asked.stdout.endswith("waits for another officer.\n")
    id = asked.stdout.split()[2]
    done = demo("approvals", "approve", id, *TENANT, "--by", "ben", "--yes")
    assert re.search(r"^Hand over: http://[^/]+/console/welcome/", done.stdout, re.M)
    assert demo("staff", "revoke", "m.uwera", *TENANT, "--reason", "left").exit_code == 0
    again = demo("staff", "revoke", "m.uwera", *TENANT, "--reason", "left")
    assert again.stderr == "Error: There is no such member of staff.\n"
    whole = demo("audit", "verify")
    assert whole.exit_code == 0
    assert re.fullmatch(r"Whole: \d+ rows\.\n", whole.stdout)


def test_a_key_is_issued_once_by_its_name_changed_and_revoked(demo: Piga) -> None:
    scope = ("--scope", "people:read")
    issued = demo("api-key", "issue", "shop", *TENANT, *scope)
    assert issued.stdout.startswith("piga_")
    taken = demo("api-key", "issue", "shop", *TENANT, *scope)
    assert taken.stderr.startswith("Error: There is a key of that name")
    wrong = demo("api-key", "issue", "till", *TENANT, "--scope", "people:sell")
    assert wrong.stderr.startswith("Error: There is no scope people:sell.")
    changed = demo("api-key", "rotate", "shop", *TENANT)
    assert changed.stdout.startswith("piga_")
    assert changed.stdout != issued.stdout
    assert demo("api-key", "list", *TENANT).stdout.count("shop  people:read  until ") == 2
    assert demo("api-key", "revoke", "shop", *TENANT).exit_code == 0
    for command in ("revoke", "rotate"):
        over = demo("api-key", command, "shop", *TENANT)
        assert (over.exit_code, over.stderr) == (1, "Error: There is no valid key of that name.\n")


def test_e_mail_leaves_by_a_server_and_an_invitation_goes_by_it(demo: Piga, tmp_path: Path) -> None:
    invite = ("staff", "invite", "ann", *TENANT, "--role", "operator", "--email", "ann@example.org")
    assert demo(*invite).stderr.startswith("Error: This business sends no e-mail yet")
    account = ("email", "account", *TENANT, "--security", "none", "--sender", "piga@example.org")
    away = demo(*account, "--host", "mail.example.org")
    assert away.stderr.startswith("Error: Without encryption only a server on this machine")
    kept = demo(*account, "--host", "127.0.0.1", "--port", "2525")
    assert kept.stdout.startswith("E-mail leaves by 127.0.0.1:2525.")
    assert demo(*invite).stdout == "The link is on its way to ann@example.org.\n"
    wrong = demo("email", "test", "ann", *TENANT)
    assert wrong.stderr == "Error: An e-mail address looks like name@example.org.\n"
    listed = demo("email", "list", *TENANT).stdout
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:]{8} UTC  invitation  queued\n", listed)
    report = tmp_path / "report"
    report.write_text("Subject: I am away\n\nUntil Monday.\n", encoding="utf-8")
    came = demo("email", "bounced", str(report), *TENANT)
    assert came.stdout == "Nothing of ours came back for ever.\n"


def test_who_has_money_is_not_erased_and_an_officer_is_told_why(demo: Piga) -> None:
    asked = ("tenant", "erase-person", "ibimina", "+250788000101")
    refused = demo(*asked, "--by", "ann", "--reason", "She asked for it")
    assert refused.exit_code == 1
    assert "There is money on an account of theirs" in refused.stderr
