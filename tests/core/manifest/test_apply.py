"""Applying a tenant's folder: the same again is nothing, and only what may change changes."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.operations.tenant_folder import read_folder, rules
from core.db.database import Database as Core
from core.manifest.apply import Applied, apply
from core.manifest.faults import FolderFaults
from core.money import ledger
from core.people import people, pins
from core.savings import groups
from core.tenants.directory import Directory, all_services
from tests.core.manifest.conftest import CODE, FIXTURES, Folder
from tests.support.domains import verify
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.waiting import at_once
from values.ids import uuid7

# The same menus by text message and on WhatsApp.
CHATS = ("10384", "+250788000200")
WALLET = "IBIMINA"


def test_a_tenant_is_there_after_it_was_applied(folder: Folder) -> None:
    applied = folder.apply()
    assert applied.slug == "ibimina"
    assert applied.changes["people added"] == 16
    found = Directory(folder.core).find("africastalking", "ussd", CODE + "1*2")
    assert found is None  # digits come before the #
    found = Directory(folder.core).find("africastalking", "ussd", "*384*10*1*500#")
    assert found is not None
    service, digits = found
    assert (service.tenant.slug, service.code, digits) == ("ibimina", CODE, "1*500")
    tenant = service.tenant
    assert (tenant.name, tenant.currency, tenant.languages[0]) == ("Ibimina", "RWF", "rw")
    assert tenant.fee_minor("contribute", 5_000) == 10
    assert tenant.fee_minor("contribute", 5_001) == 50
    assert tenant.fee_minor("topup", 100_000) == 500
    assert tenant.limit_minor("topup", "approval_above_day", 0) == 10_000


def test_the_same_again_is_nothing(folder: Folder) -> None:
    folder.apply()
    counts = "SELECT sum(n) FROM (SELECT count(*) AS n FROM {}) t"
    tables = ("entry", "posting", "audit", "subscriber", "address", "account", "membership")
    before = [folder.one(counts.format(table)) for table in tables]
    version = folder.one("SELECT version FROM tenant")
    sealed = folder.one("SELECT string_agg(name_sealed::text, '' ORDER BY id) FROM subscriber")
    for _ in range(2):
        assert not folder.apply().changes
    assert [folder.one(counts.format(table)) for table in tables] == before
    assert folder.one("SELECT version FROM tenant") == version
    again = folder.one("SELECT string_agg(name_sealed::text, '' ORDER BY id) FROM subscriber")
    assert again == sealed


def test_five_at_once_are_one(folder: Folder) -> None:
    applied = at_once([folder.apply] * 5)
    assert all(isinstance(one, Applied) for one in applied), applied
    assert sorted(bool(one.changes) for one in applied if isinstance(one, Applied)) == [
        *[False] * 4,
        True,
    ]


def test_what_people_have_and_can_do_is_there(folder: Folder) -> None:
    folder.apply()
    with folder.core.transaction(folder.tenant_id) as tx:
        shared = people.identify(tx, KEYS, "+250788000105")
        assert [person.name for person in shared] == ["Ingabire Diane", "Niyonzima Jean Bosco"]
        assert people.identify(tx, KEYS, "+250788000106")[0].frozen
        assert not people.identify(tx, KEYS, "+250788000107")[0].has_pin
        assert len(groups.of_member(tx, folder.person("mukamana"))) == 8
        wallet = ledger.balance(tx, ledger.account_id(folder.person("uwera"), "wallet", "RWF"))
        assert wallet is not None
        assert wallet.available_minor == 25_000
        mine = groups.of_member(tx, folder.person("uwera"))
        assert [(one.number, one.code, one.saved_minor) for one in mine] == [
            (1, "KOP1", 12_000),
            (2, "KOP2", 3_500),
        ]
        levels = tx.all(
            "SELECT a.level, a.code, p.code FROM agent a LEFT JOIN agent p"
            " ON p.subscriber_id = a.parent_id ORDER BY a.code"
        )
        assert levels == [
            ("agent", "A111", "S110"),
            ("agent", "A112", "S110"),
            ("assistant", "A113", "A111"),
            ("super_agent", "S110", None),
        ]


def test_nobody_of_a_folder_has_registered_or_chosen_a_pin(folder: Folder) -> None:
    folder.apply()
    counted = "SELECT count(pin_hash) > 5, count(pin_set_at), count(registered_at) FROM subscriber"
    with folder.core.transaction(folder.tenant_id) as tx:
        assert tx.one(counted) == (True, 0, 0)


def test_what_is_a_persons_own_to_change_stays_as_they_made_it(folder: Folder) -> None:
    folder.apply()
    who = folder.person("uwera")
    new_hash = KEYS.hash_pin("9173")
    with folder.core.transaction(folder.tenant_id) as tx:
        pins.set_pin(tx, who, new_hash)
        people.set_language(tx, who, "fr")
        people.freeze(tx, folder.person("ndayisaba"), frozen=False, actor="t", reason="found")
        people.freeze(tx, who, frozen=True, actor="t", reason="lost")
    folder.replace("people.yaml", "name: Uwera Claudine", "name: Uwera Clementine")
    assert dict(folder.apply().changes) == {"people changed": 1}
    with folder.core.transaction(folder.tenant_id) as tx:
        person = people.get(tx, KEYS, who)
        assert person is not None
        assert (person.name, person.language, person.frozen) == ("Uwera Clementine", "fr", True)
        assert not people.identify(tx, KEYS, "+250788000106")[0].frozen
    assert folder.one("SELECT pin_hash FROM subscriber WHERE id = %s", who) == new_hash


def test_what_somebody_frozen_is_given_is_frozen(folder: Folder) -> None:
    folder.apply()
    who = folder.person("uwera")
    with folder.core.transaction(folder.tenant_id) as tx:
        people.freeze(tx, who, frozen=True, actor="t", reason="lost")

    def changed(found: Any) -> object:
        uwera = next(one for one in found if one["key"] == "uwera")
        uwera["groups"].append("KOP3")
        uwera["agent"] = {"level": "agent", "code": "A199"}
        return found

    folder.change("people.yaml", changed)
    assert folder.apply().changes["agents added"] == 1
    frozen = (
        "SELECT array_agg(kind || ' ' || frozen ORDER BY kind) FROM account WHERE owner_id = %s"
    )
    kinds = ("float", "savings", "savings", "savings", "wallet")
    assert folder.one(frozen, who) == [f"{kind} true" for kind in kinds]
    with folder.core.transaction(folder.tenant_id) as tx:
        people.freeze(tx, who, frozen=False, actor="t", reason="found")
    assert folder.one(frozen, who) == [f"{kind} false" for kind in kinds]


def test_people_groups_and_money_never_disappear(folder: Folder) -> None:
    folder.apply()
    folder.change(
        "people.yaml",
        lambda found: [{**one, "offices": []} for one in found[-4:]],  # type: ignore[index]
    )
    folder.replace("people.yaml", "- KOP1", "- KOP2")
    folder.replace("groups.yaml", "  - {code: KOP8, name: Abahuje, organisation: twese}\n", "")
    assert dict(folder.apply().changes) == {"members added": 1}
    assert folder.one("SELECT count(*) FROM subscriber") == 16
    assert folder.one("SELECT count(*) FROM savings_group") == 8
    with folder.core.transaction(folder.tenant_id) as tx:
        mine = groups.of_member(tx, folder.person("bizimana"))
    assert [(one.number, one.code) for one in mine] == [(1, "KOP1"), (2, "KOP2")]


def test_a_folder_brings_nobody_back_who_was_erased(folder: Folder) -> None:
    folder.apply()
    with folder.core.transaction(folder.tenant_id) as tx:
        tx.execute(
            "UPDATE subscriber SET erased_at = now(), status = 'frozen', pin_hash = NULL"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (folder.person("uwera"),),
        )
    with pytest.raises(FolderFaults) as refused:
        folder.apply()
    [fault] = refused.value.faults
    assert "erased by two officers" in str(fault)


def test_a_changed_opening_balance_is_refused_and_money_that_moved_is_left_alone(
    folder: Folder,
) -> None:
    folder.apply()
    wallet = ledger.account_id(folder.person("uwera"), "wallet", "RWF")
    with folder.core.transaction(folder.tenant_id) as tx:
        ledger.post(
            tx,
            key="spent",
            kind="transfer",
            lines=[
                ledger.Line(wallet, -24_000),
                ledger.Line(ledger.account_id(folder.person("juma"), "wallet", "RWF"), 24_000),
            ],
            currency="RWF",
            actor_id=None,
        )
    assert not folder.apply().changes
    assert folder.one("SELECT balance_minor FROM account WHERE id = %s", wallet) == 1_000
    folder.replace("people.yaml", "wallet: 25000", "wallet: 26000")
    (fault,) = folder.faults()
    assert "opening balance is posted once" in fault
    assert folder.one("SELECT balance_minor FROM account WHERE id = %s", wallet) == 1_000


def test_a_new_opening_balance_is_posted_once(folder: Folder) -> None:
    folder.apply()
    folder.replace("people.yaml", "opening: {float: 3000}", "opening: {float: 3000, wallet: 50}")
    assert dict(folder.apply().changes) == {"opening balances added": 1}
    assert not folder.apply().changes


def test_services_menus_and_tariffs_follow_the_folder(folder: Folder) -> None:
    folder.apply()
    version = folder.one("SELECT version FROM tenant")
    folder.replace("menu.yaml", 'en: "Statement"', 'en: "Mini statement"')
    folder.replace("tariffs.yaml", "maximum: 500000", "maximum: 400000")
    folder.change("tariffs.yaml", lambda found: [one for one in found if "valid_to" not in one])  # type: ignore[attr-defined]
    assert dict(folder.apply().changes) == {
        "services changed": 3,
        "tariffs changed": 1,
        "tariffs removed": 1,
    }
    assert folder.one("SELECT version FROM tenant") > version  # type: ignore[operator]
    service, *_ = all_services(folder.core)
    assert "Mini statement" in str(service.tree)
    assert service.tenant.limit_minor("contribute", "maximum", 0) == 400_000


def test_a_table_of_a_level_wins_over_the_one_without(folder: Folder) -> None:
    folder.apply()

    def limits(level: str = "") -> list[int]:
        service, *_ = all_services(folder.core)
        return [
            service.tenant.limit_minor("topup", name, 0, level=level)
            for name in ("minimum", "maximum", "day_maximum", "approval_above_day")
        ]

    assert limits() == limits("agent") == [500, 300_000, 2_000_000, 10_000]
    assert limits("assistant") == [500, 5_000, 100_000, 10_000]
    folder.replace("tariffs.yaml", "maximum: 5000\n", "maximum: 6000\n")
    assert dict(folder.apply().changes) == {"tariffs changed": 1}
    assert limits("assistant") == [500, 6_000, 100_000, 10_000]
    assert not folder.apply().changes
    # A newer table without a level changes nothing for a level that has its own.
    more = {
        **{"operation": "topup", "kind": "limit", "valid_from": "2026-01-01"},
        **{"approved_by": "Board", "minimum": 600, "maximum": 200_000},
    }
    folder.change("tariffs.yaml", lambda found: [*found, more])  # type: ignore[misc]
    assert dict(folder.apply().changes) == {"tariffs added": 1}
    assert limits("agent") == [600, 200_000, 0, 0]
    assert limits("assistant") == [600, 6_000, 100_000, 0]
    folder.change("tariffs.yaml", lambda found: [one for one in found if "level" not in one])  # type: ignore[attr-defined]
    assert dict(folder.apply().changes) == {"tariffs removed": 1}
    assert limits("assistant") == limits("agent")


def test_a_level_may_have_a_fee_of_its_own(folder: Folder) -> None:
    free = {
        **{"operation": "topup", "kind": "fee", "level": "super_agent"},
        **{"valid_from": "2025-07-01", "approved_by": "Board", "bands": [{"fee": 0}]},
    }
    folder.change("tariffs.yaml", lambda found: [*found, free])  # type: ignore[misc]
    folder.apply()
    tenant = all_services(folder.core)[0].tenant
    levels = ("", "agent", "assistant", "super_agent")
    fees = [tenant.fee_minor("topup", 5_000, level=level) for level in levels]
    assert fees == [50, 50, 50, 0]


def test_what_officers_published_stays_until_the_folder_has_it(folder: Folder) -> None:
    folder.apply()
    tenant = all_services(folder.core)[0].tenant
    at = datetime(2031, 1, 1, tzinfo=tenant.zone)
    with folder.core.transaction(tenant.id) as tx:
        tx.execute(
            "INSERT INTO tariff (tenant_id, id, operation, kind, body, valid_from, approved_by)"
            " VALUES (current_tenant(), %s, 'topup', 'fee', %s, %s, 'ann and ben')",
            (uuid7(), '{"bands": []}', at),
        )
    assert not folder.apply().changes
    own = {
        **{"operation": "topup", "kind": "fee", "valid_from": "2031-01-01"},
        **{"approved_by": "Board", "bands": [{"fee": 7}]},
    }
    folder.change("tariffs.yaml", lambda found: [*found, own])  # type: ignore[misc]
    assert dict(folder.apply().changes) == {"tariffs added": 1, "tariffs removed": 1}
    assert not folder.apply().changes
    assert folder.one("SELECT count(*) FROM tariff WHERE valid_from > '2030-01-01'") == 1


def codes(folder: Folder) -> set[str]:
    return {service.code for service in all_services(folder.core)}


def test_a_new_code_opens_and_the_old_one_closes(folder: Folder) -> None:
    folder.apply()
    folder.replace("services.yaml", CODE, "*384*11#")
    assert dict(folder.apply().changes) == {
        "services added": 1,
        "addresses opened": 1,
        "addresses closed": 1,
    }
    directory = Directory(folder.core)
    assert directory.find("africastalking", "ussd", CODE) is None
    assert directory.find("africastalking", "ussd", "*384*11#") is not None
    assert codes(folder) == {"*384*11#", *CHATS, WALLET}
    folder.replace("services.yaml", "*384*11#", CODE)
    folder.apply()
    assert codes(folder) == {CODE, *CHATS, WALLET}


def test_a_rotated_webhook_secret_stays_rotated(folder: Folder) -> None:
    from core.tenants.changes import rotate_hook_secret

    folder.apply()
    service, *_ = all_services(folder.core)
    with folder.core.transaction(folder.tenant_id) as tx:
        rotate_hook_secret(tx, service.id)
    folder.replace("menu.yaml", 'en: "Statement"', 'en: "Mini statement"')
    folder.apply()
    generations = {one.id: one.hook_generation for one in all_services(folder.core)}
    assert generations.pop(service.id) == 2
    assert set(generations.values()) == {1}


def test_keys_that_people_know_do_not_change_their_meaning(folder: Folder) -> None:
    folder.apply()
    folder.replace("menu.yaml", "  - key: 6\n    id: statement", "  - key: 96\n    id: statement")
    assert set(folder.faults()) == {
        "menu.yaml: statement: had the key 6 and now has 96 (people know keys by heart)"
    }
    assert folder.apply(may_renumber=True).changes["services changed"] == 3


def test_a_code_of_another_tenant_is_refused(folder: Folder, tmp_path: Path) -> None:
    folder.apply()
    other = tmp_path / "other"
    shutil.copytree(FIXTURES / "moto", other)
    path = other / "services.yaml"
    path.write_text(path.read_text().replace("*384*20#", CODE))
    manifest = read_folder(other, demo=True)
    with pytest.raises(FolderFaults) as wrong:
        apply(folder.core, KEYS, manifest, rules(demo=True))
    assert [fault.text for fault in wrong.value.faults] == [
        f"[1]: code: {CODE} belongs to the tenant ibimina"
    ]
    with folder.core.transaction(None) as tx:
        assert tx.one("SELECT find_tenant('moto')") == (None,)


def test_books_stay_in_their_currency(folder: Folder) -> None:
    folder.apply()
    folder.replace("tenant.yaml", "currency: RWF", "currency: UGX")
    assert any("books are kept in RWF" in fault for fault in folder.faults())


def test_what_somebody_else_has_already_is_refused(folder: Folder) -> None:
    folder.apply()
    folder.replace("people.yaml", "key: umutoni", "key: mutoni")
    assert any("somebody else is the agent A112" in fault for fault in folder.faults())
    assert folder.one("SELECT count(*) FROM subscriber") == 16


def test_a_pause_survives_and_so_do_its_flows(folder: Folder) -> None:
    from core.tenants.changes import pause

    folder.apply()
    with folder.core.transaction(folder.tenant_id) as tx:
        pause(tx, paused=True, flow="topup")
        pause(tx, paused=True, notice={"en": "Back at six"})
    folder.replace("tenant.yaml", "sms_sender: IBIMINA", "sms_sender: SAVINGS")
    folder.apply()
    service, *_ = all_services(folder.core)
    assert service.tenant.paused
    assert service.tenant.paused_flows == {"topup"}
    assert service.tenant.settings["sms_sender"] == "SAVINGS"


def test_the_demo_tenants_live_beside_each_other(database: DatabaseUrls) -> None:
    core = Core(database.database_url)
    for slug in ("fuel", "ibimina", "moto", "rates", "trade"):
        manifest = read_folder(FIXTURES / slug, demo=True)
        assert manifest.slug == slug
        apply(core, KEYS, manifest, rules(demo=True))
    services = {service.code: service.tenant for service in all_services(core)}
    core.close()
    assert {code: tenant.slug for code, tenant in services.items()} == {
        "*384*10#": "ibimina",
        "*384*20#": "moto",
        "*384*30#": "trade",
        "*384*40#": "fuel",
        "*384*50#": "rates",
        **dict.fromkeys((*CHATS, WALLET), "ibimina"),
        "1400": "fuel",
        "+250788000270": "moto",
        **dict.fromkeys(("10500", "+256770000600"), "rates"),
    }
    assert {tenant.currency for tenant in services.values()} == {"RWF", "KES", "GHS", "UGX"}
    report = verify(database.verify_url)
    assert report.ok
    assert report.tenants == 5
