"""After people typed PINs and codes into everything: none of it is anywhere."""

import json
import logging

import psycopg
import pytest

from tests.support.phone import CODES, Phone, phone_of, without_hashes
from tests.support.ussd import UssdTenant

PIN = "730518"
OTHER_PIN = "692407"
WRONG_PIN = "581946"
NUMBER = "+250788000099"
PHONES = ("788000099", "788000001", "788000011")


def everything(tenant: UssdTenant, logged: str) -> str:
    """All that is kept: every table, every key of Redis, every line that was logged."""
    kept = [logged]
    with psycopg.connect(tenant.urls.admin_url) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r'"
        ).fetchall()
        for (name,) in names:
            rows = connection.execute(f'SELECT to_jsonb(t)::text FROM public."{name}" t').fetchall()
            kept += [row[0] for row in rows]
    for key in tenant.redis.scan_iter():
        kept.append(repr(key))
        kept.append(repr(tenant.redis.dump(key)))
        kind = tenant.redis.type(key)
        if kind == b"hash":
            kept.append(repr(tenant.redis.hgetall(key)))
            kept += opened(tenant, key)
        elif kind == b"stream":
            kept.append(repr(tenant.redis.xrange(key)))
        else:
            kept.append(repr(tenant.redis.get(key)))
    return "\n".join(kept)


def opened(tenant: UssdTenant, key: bytes) -> list[str]:
    """What is sealed in a session."""
    found = [tenant.stored(key.decode().rpartition(":")[2], code) for code in CODES]
    return [stored.encode().decode() for stored in found if stored]


def find(secret: str, kept: str) -> list[str]:
    """Where a secret stands, also as bytes in hexadecimal."""
    as_bytes = secret.encode().hex()
    return [line for line in kept.split("\n") if secret in without_hashes(line) or as_bytes in line]


def hold_conversations(tenant: UssdTenant) -> str:
    """Register, fail, pay, approve, drop, lose: the code that was texted on the way."""
    phone = Phone(tenant, NUMBER)
    phone.dial("*384*10*1#")
    phone.type("Mukeshimana Aline", "1111", PIN, OTHER_PIN, PIN)
    assert phone.type(PIN).text.startswith("Welcome")
    phone.type("2", WRONG_PIN)
    assert phone.type(PIN).text.startswith("Wallet")
    phone.dial("*384*10*8*1#")
    phone.type(PIN, OTHER_PIN)
    assert phone.type(OTHER_PIN).text.startswith("Your PIN is changed")
    # Dialled along, typed where something else was asked, and typed into a lost session.
    phone.dial(f"*384*10*2*{OTHER_PIN}#")
    phone.dial(f"*384*10*{OTHER_PIN}#", digits_in_code=True)
    phone.type(f"2*{OTHER_PIN}", OTHER_PIN)
    phone.dial("*384*10*2#")
    tenant.redis.flushdb()
    phone.type(OTHER_PIN)

    agent, customer = phone_of(tenant, "bizimana"), phone_of(tenant, "uwera")
    agent.dial("*384*10*9*1*0788000001*12000#")
    agent.type("1", "1964", "000000")
    code = tenant.codes()[-1]
    assert "received" in agent.type(code).text
    agent.dial("*384*10*9*1*0788000001*13000#")
    agent.type("1", "1964")
    customer.dial()
    assert customer.type("1", "2748").text.startswith("You received")
    tenant.deployed({}).take(customer.hop())
    return code


def test_no_secret_is_kept_anywhere(tenant: UssdTenant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tenant.faults_are_expected = True
    code = hold_conversations(tenant)
    kept = everything(tenant, caplog.text)
    assert '"Mukeshimana A."' in kept, "sessions are opened"
    assert kept.count("Aline") == 0, "names are sealed"
    for secret in (PIN, OTHER_PIN, WRONG_PIN, code, *PHONES):
        assert find(secret, kept) == []


def test_the_search_finds_what_is_planted(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    places = ("log", "table", "hash", "bytes")
    for number, place in enumerate(places):
        secret = f"83150{number}"
        match place:
            case "log":
                logging.getLogger("engine").info("typed: %s", secret)
            case "table":
                tenant.admin.execute(
                    "UPDATE tenant SET settings = settings || %s", (json.dumps({"x": secret}),)
                )
            case "hash":
                tenant.redis.hset("s:{ab}:x", "data", json.dumps(["2", int(secret)]))
            case "bytes":
                tenant.admin.execute(
                    "UPDATE subscriber SET name_sealed = %s WHERE id = %s",
                    (secret.encode(), tenant.id_of("mugabo")),
                )
        assert len(find(secret, everything(tenant, caplog.text))) >= 1, place
