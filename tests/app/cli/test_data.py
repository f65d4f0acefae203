"""The commands for operators: what they print, what they refuse, and their exit codes."""

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from app.local.data_dir import DataDir
from app.local.running import Claim, Running
from app.webhooks.receive import OF_CHANNEL
from core.manifest.ids import tenant_id_of
from providers.kannel.sms import QUERY_IN
from providers.twilio.adapter import AGAIN
from tests.support.cli import FIXTURES, KEYS, Piga, data, demo, piga
from tests.support.servers import DatabaseUrls

__all__ = ["demo", "piga"]

# --- tenant -----------------------------------------------------------------------------------


def test_a_tenant_is_applied_and_applied_again(piga: Piga) -> None:
    piga("migrate")
    told = piga("tenant", "apply", "--yes", FIXTURES / "moto")
    assert told.exit_code == 0
    assert told.stdout.startswith("moto is new here. Applying this folder would make it:\n")
    assert "\nmoto: 1 tenants added, " in told.stdout
    assert piga("tenant", "apply", FIXTURES / "moto").stdout == "moto: nothing to change.\n"


def test_all_faults_are_told_and_nothing_is_written(piga: Piga, tmp_path: Path) -> None:
    piga("migrate")
    folder = tmp_path / "moto"
    shutil.copytree(FIXTURES / "moto", folder)
    (folder / "services.yaml").write_text("- {provider: nobody, channel: ussd, code: x}\n")
    told = piga("tenant", "apply", folder)
    assert told.exit_code == 1
    assert "services.yaml:1: [1]: menu is missing\n" in told.stderr
    assert told.stderr.endswith("Error: 3 faults; nothing was written.\n")
    assert data(piga("hooks", "--json")) == []


def test_pins_are_refused_outside_the_demo(piga: Piga) -> None:
    piga("migrate")
    told = piga("tenant", "apply", FIXTURES / "moto", PIGA_DEMO="0")
    assert told.exit_code == 1
    assert "PINs are given in the demo only" in told.stderr
    assert "12 faults" in told.stderr
    checked = piga("tenant", "apply", "--check", FIXTURES / "moto")
    assert checked.stdout.startswith("moto is new here.")
    assert checked.stdout.endswith("moto: nothing is wrong.\n")
    assert data(piga("hooks", "--json")) == []


def test_pausing_and_going_on(demo: Piga, tmp_path: Path) -> None:
    notice = tmp_path / "notice.yaml"
    notice.write_text("en: Back at six\nrw: Turagaruka\nfr: Retour\nsw: Tutarudi\n")
    why = ("--reason", "a drill")
    told = demo("pause", "tenant", "moto", "--notice", notice, *why)
    assert told.stdout == "moto: paused.\n"
    assert demo("pause", "flow", "topup", "--tenant", "moto", *why).exit_code == 0
    assert tenant_of(demo, "moto")["paused"] is True
    assert tenant_of(demo, "moto")["paused_flows"] == ["topup"]
    assert tenant_of(demo, "moto")["paused_notice"]["en"] == "Back at six"
    assert demo("resume", "tenant", "moto", *why).stdout == "moto: going on.\n"
    assert demo("resume", "flow", "topup", "--tenant", "moto", *why).exit_code == 0
    assert tenant_of(demo, "moto")["paused"] is False
    assert tenant_of(demo, "moto")["paused_flows"] == []


def test_what_is_paused_is_listed_with_who_and_why(demo: Piga, demo_database: DatabaseUrls) -> None:
    assert demo("pause", "list").stdout == "Nothing is paused.\n"
    provider = ("provider", "africastalking")
    told = demo("pause", *provider, "--reason", "They announced works")
    assert told.stdout == "provider africastalking: paused.\n"
    operation = ("operation", "send_text", "--tenant", "moto")
    assert demo("pause", *operation, "--reason", "Wrong words").stdout == (
        "moto, operation send_text: paused.\n"
    )
    first, second, count = demo("pause", "list").stdout.splitlines()
    assert "provider africastalking  every tenant  operator " in first
    assert first.endswith("  They announced works")
    assert "operation send_text  moto  operator " in second
    assert count == "2 paused."
    for args in (provider, operation):
        assert demo("resume", *args, "--reason", "Over").stdout.endswith(": going on.\n")
        assert demo("resume", *args, "--reason", "Over").stdout.endswith(": was not paused.\n")
    assert demo("pause", "list").stdout == "Nothing is paused.\n"
    with psycopg.connect(demo_database.admin_url) as admin:
        found = admin.execute(
            "SELECT action, detail->>'name', detail->>'reason', actor LIKE 'operator %'"
            " FROM audit WHERE detail->>'what' IN ('provider', 'operation') ORDER BY id LIMIT 3"
        ).fetchall()
    assert found == [
        ("pause", "africastalking", "They announced works", True),
        ("pause", "send_text", "Wrong words", True),
        ("resume", "africastalking", "Over", True),
    ]


def test_what_does_not_exist_is_not_paused(demo: Piga) -> None:
    for args, why in (
        (("provider", "nobody"), "There is no provider nobody; there are: "),
        (("operation", "nonsense"), "There is no operation nonsense; there are: ask_balance, "),
        (("operation", "send_text", "--tenant", "nobody"), "There is no tenant nobody"),
        (("provider", "africastalking", "--reason", " "), "A reason is needed"),
    ):
        told = demo("pause", *args, *(() if "--reason" in args else ("--reason", "x")))
        assert told.exit_code == 1
        assert why in told.stderr


def test_a_notice_is_in_every_language_and_short(demo: Piga, tmp_path: Path) -> None:
    notice = tmp_path / "notice.yaml"
    notice.write_text("en: Back at six\n")

    def told(*args: object) -> str:
        result = demo("pause", *args, "--reason", "a drill")
        assert result.exit_code == 1
        return result.stderr

    assert "rw is missing" in told("tenant", "moto", "--notice", notice)
    assert "There is no file" in told("tenant", "moto", "--notice", "nowhere.yaml")
    assert "no flow nonsense" in told("flow", "nonsense", "--tenant", "moto")
    assert "for one tenant" in told("flow", "topup", "--notice", notice)
    assert told("tenant", "nobody") == "Error: There is no tenant nobody.\n"
    assert demo("pause", "tenant", "moto").exit_code == 2  # without a reason
    assert tenant_of(demo, "moto")["paused"] is False


def test_freezing_a_person_an_agent_and_a_group(demo: Piga) -> None:
    freeze = ("tenant", "freeze", "ibimina", "--reason", "a test")
    for what in (
        ("--person", "+250788000101"),
        ("--person", "+250788000105", "--which", "2"),
        ("--agent", "A111"),
        ("--group", "KOP1"),
    ):
        assert demo(*freeze, *what).stdout.startswith("Frozen: ")
    assert frozen(demo) == (3, True, True)  # one was frozen from the beginning
    for what in (
        ("--person", "+250788000101"),
        ("--person", "+250788000105", "--which", "2"),
        ("--agent", "A111"),
        ("--group", "KOP1"),
    ):
        assert demo(*freeze, *what, "--off").stdout.startswith("Freeze lifted: ")
    assert frozen(demo) == (1, False, False)


def test_freezing_asks_who_when_it_must(demo: Piga) -> None:
    freeze = ("tenant", "freeze", "ibimina", "--reason", "a test")
    told = demo(*freeze, "--person", "+250788000105").stderr
    assert "2 people share that number" in told
    assert "1 Ingabire D., 2 Niyonzima J." in told
    for what, expected in (
        (("--person", "+250788999999"), "Nobody has that number"),
        (("--person", "0718123456"), "There is no such phone number"),
        (("--person", "+250788000101", "--which", "2"), "Only 1 people have that number"),
        (("--agent", "A999"), "ibimina has no agent A999"),
        (("--group", "NONE"), "ibimina has no group NONE"),
    ):
        told = demo(*freeze, *what).stderr
        assert expected in told
        assert len(told.splitlines()) == 1
    assert demo(*freeze).exit_code == 2
    assert demo(*freeze, "--agent", "A111", "--group", "KOP1").exit_code == 2
    assert demo("tenant", "freeze", "ibimina", "--agent", "A111").exit_code == 2
    assert frozen(demo) == (1, False, False)


# --- hooks ------------------------------------------------------------------------------------


SMS = "10384"  # where Ibimina's people write to
KANNEL_SMS = "1400"  # and Fuel's; where its reports go, each text says
WHATSAPP = "+250788000200"  # and Ibimina's once more, at Meta, where one hook takes all
TWILIO_SMS = "+250788000270"  # and Moto's
RATES_SMS, RATES_WHATSAPP = "10500", "+256770000600"
HOOKS = 5 * len(OF_CHANNEL["ussd"]) + 2 * len(OF_CHANNEL["sms"]) + 4
OF_SERVICE = {
    SMS: ("sms", "africastalking"),
    KANNEL_SMS: ("sms", "kannel"),
    WHATSAPP: ("whatsapp", "meta"),
    TWILIO_SMS: ("sms", "twilio"),
    RATES_SMS: ("sms", "africastalking"),
    RATES_WHATSAPP: ("whatsapp", "meta"),
}


def test_hooks_are_listed(demo: Piga) -> None:
    listed = data(demo("hooks", "--json"))
    assert len(listed) == HOOKS
    ussd = {f"*384*{n}0#" for n in range(1, 6)}
    assert {hook["service"] for hook in listed} == {*OF_SERVICE, *ussd}
    for hook in listed:
        assert set(hook) == {"provider", "kind", "tenant", "service", "url"}
        channel, provider = OF_SERVICE.get(hook["service"], ("ussd", "africastalking"))
        assert hook["kind"] in OF_CHANNEL[channel]
        assert hook["url"].endswith(f"?{QUERY_IN}") is (provider == "kannel")
        assert hook["url"].endswith(f"#{AGAIN}") is (provider == "twilio")
        parts = urlsplit(hook["url"])
        assert (parts.scheme, parts.netloc) == ("http", "127.0.0.1:8000")
        *path, secret = parts.path.split("/")
        assert path == ["", "hooks", provider, hook["kind"]]
        ours = KEYS.open_hook_secret(provider, hook["kind"], secret)
        assert ours is not None
        assert ours[1] == 1
    assert len({hook["url"] for hook in listed}) == len(listed)


def test_hooks_begin_with_the_public_address(demo: Piga) -> None:
    listed = data(demo("hooks", "--json", PIGA_PUBLIC_URL="https://piga.example/"))
    assert all(hook["url"].startswith("https://piga.example/hooks/") for hook in listed)
    (first, *_) = data(demo("hooks", "--json", PORT="8123"))
    assert first["url"].startswith("http://127.0.0.1:8123/hooks/")


def test_hooks_name_the_instance_that_runs(demo: Piga, tmp_path: Path) -> None:
    told = demo("hooks").stdout.splitlines()[-1]
    assert told == "They lead to http://127.0.0.1:8000, where no Piga of this PIGA_HOME runs now."
    data_dir = DataDir(tmp_path / "home")
    data_dir.prepare()
    claim = Claim(data_dir)
    try:
        claim.announce(Running(1, "run", "http://127.0.0.1:8642", "", demo=True))
        home = {"PIGA_HOME": str(data_dir.path)}
        told = demo("hooks", **home).stdout
        assert told.endswith("They lead to the Piga that runs at http://127.0.0.1:8642.\n")
        assert told.count("http://127.0.0.1:8642/hooks/") == HOOKS
        # Another PORT is another instance.
        assert "127.0.0.1:8642" not in demo("hooks", PORT="8123", **home).stdout
    finally:
        claim.give_up()


def test_rotated_hooks_are_new_ones_of_that_tenant_only(demo: Piga) -> None:
    before = {hook["url"]: hook["tenant"] for hook in data(demo("hooks", "--json"))}
    assert "new addresses for 2 services" in demo("tenant", "rotate-hooks", "fuel").stdout
    after = {hook["url"]: hook["tenant"] for hook in data(demo("hooks", "--json"))}
    assert {before[url] for url in before.keys() - after.keys()} == {"fuel"}
    assert len(before.keys() & after.keys()) == HOOKS - len(OF_CHANNEL["ussd"]) - 1


# --- ledger -----------------------------------------------------------------------------------


def test_the_ledger_is_verified(demo: Piga) -> None:
    report = data(demo("ledger", "verify", "--json"))
    assert (report["ok"], report["tenants"]) == (True, 5)
    assert report["entries"] > 40
    told = demo("ledger", "verify")
    assert told.exit_code == 0
    assert told.stdout.count("\nok  ") + 1 == len(report["checks"])


def test_wrong_books_are_told_by_the_exit_code(piga: Piga, database: DatabaseUrls) -> None:
    piga("migrate")
    piga("tenant", "apply", "--yes", FIXTURES / "moto")
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("UPDATE account SET balance_minor = balance_minor + 1 WHERE guarded")
    told = piga("ledger", "verify")
    assert told.exit_code == 1
    assert "FAIL  balances_match" in told.stdout
    report = json.loads(piga("ledger", "verify", "--json").stdout)
    assert report["ok"] is False
    (broken,) = [check for check in report["checks"] if not check["ok"]]
    assert broken["violations"] == 15
    assert len(broken["sample"]) == 5


# --- demo -------------------------------------------------------------------------------------


def tenant_of(piga: Piga, slug: str) -> dict[str, Any]:
    """The tenant's row, as everybody may look it up."""
    with psycopg.connect(piga.database_url) as connection:
        row = connection.execute(
            "SELECT tenant FROM all_services() WHERE tenant->>'slug' = %s", (slug,)
        ).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found


def frozen(piga: Piga) -> tuple[int, bool, bool]:
    """How many people of ibimina are frozen, and whether A111 and KOP1 are."""
    from core.db.database import Database as Core

    core = Core(piga.database_url)
    with core.transaction(tenant_id_of("ibimina")) as tx:
        row = tx.one(
            "SELECT (SELECT count(*) FROM subscriber WHERE status = 'frozen'),"
            " (SELECT frozen FROM agent WHERE code = 'A111'),"
            " (SELECT frozen FROM savings_group WHERE code = 'KOP1')"
        )
    core.close()
    assert row is not None
    return row[0], row[1], row[2]
