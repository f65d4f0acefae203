"""The finder itself: it must see what it is to look for, and not what only looks like it."""

import base64
import json
import os
from pathlib import Path

import pytest

from tests.security.afterwards import leaks
from tests.security.canaries import Canary, Finder

PIN = Canary.of("PIN", "739164")
PHONE = Canary.of("phone", "786431907")
KEY = Canary("key", bytes(range(200, 232)))
SECRET = Canary.of("path", "UPlFTYI6UjuTx5E-VZeXO3Ecne3LNbV3ilfqv9n7ooYjCEVQ")
ALL = (PIN, PHONE, KEY, SECRET)
FINDER = Finder(ALL)


def found_in(data: bytes) -> set[str]:
    return {found.canary for found in FINDER.find(data, "here")}


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: canary.name)
def test_each_form_is_found_among_other_bytes(canary: Canary) -> None:
    forms = dict(canary.forms())
    assert len(forms) > 8
    for form, written in forms.items():
        for before, after in ((b"", b""), (b'"', b'"'), (b"\0\xff", b"\xfe\0"), (b"x=", b"\n")):
            assert canary.name in found_in(before + written + after), form


@pytest.mark.parametrize("canary", ALL, ids=lambda canary: canary.name)
def test_forms_as_other_programs_write_them(canary: Canary) -> None:
    for length in range(6):
        noise = os.urandom(length)
        for encode in (base64.b64encode, base64.urlsafe_b64encode, bytes.hex):
            written = encode(noise + canary.value + noise)
            data = written if isinstance(written, bytes) else written.encode()
            assert canary.name in found_in(b"\n" + data + b"\n")
    if canary is not KEY:
        text = canary.value.decode()
        for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-8-sig"):
            assert canary.name in found_in(f"typed: {text}.".encode(encoding)), encoding
        assert canary.name in found_in(json.dumps({"a": [text]}).encode())
        assert canary.name in found_in(repr({"a": text.encode()}).encode())


def test_a_pin_in_other_digits_or_as_an_amount() -> None:
    for written in (
        "٧٣٩١٦٤",
        "７３９１６４",
        "739,164 RWF",
        "739 164",
        "7 3 9 1 6 4",
        "1*1*739164*1",
    ):
        assert found_in(written.encode()) == {"PIN"}
        assert found_in(json.dumps(written).encode()) == {"PIN"}
    assert found_in(b"pin739164x") == {"PIN"}
    assert found_in(b"-739164") == {"PIN"}
    for beside in (b"1*2.739164", b"x1795.739164", b"1739164", b"250739164250", b"2739164285536"):
        assert found_in(beside) == {"PIN"}, beside


def test_chance_is_not_taken_for_a_secret() -> None:
    for data in (
        b"01a1f8bf-1729-7d03-99fb-990739164e5a",
        b"3fd739164abc9e01772c",
        b"2026-11-20 11:29:36.739164+00",
        b"1795174739164646",
        b"\r\n$15\r\n1795285739164-0\r\n",
        b"(1739164285536)",
        b"1797391645\n",
        b"[1795285536.7391640]",
        b"1795285739.164536",
        b"b7725602-c163-5739-164c-bc9c67cc755c",
        b"73916 4739 165",
    ):
        assert found_in(data) == set(), data


def test_several_are_told_apart() -> None:
    data = b"739164 and +250786431907 and " + KEY.value.hex().encode()
    assert found_in(data) == {"PIN", "phone", "key"}
    told = [str(found) for found in FINDER.find(data, "a log")]
    assert any(line.startswith("PIN (bytes) in a log: ") for line in told)


def test_what_a_run_left_is_searched(tmp_path: Path) -> None:
    """`afterwards` says nothing of a good run, and finds what is planted in any of its places."""
    pin = "2748"  # of somebody in the fixtures
    aof = "valkey/appendonlydir/appendonly.aof.1.incr.aof"
    good = b"*3\r\n$4\r\nHSET\r\n$1\r\ns\r\n$30\r\n" + f'["{pin}0", {pin}, 1, "x{pin}"]'.encode()
    for folder in ("log", "valkey/appendonlydir", "postgres/base", "postgres/pg_wal"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / aof).write_bytes(good)
    assert leaks(tmp_path) == []
    key = bytes(range(32)).hex().encode()
    for place, planted in (
        (aof, f'[1,"{pin}"]'.encode()),
        (aof, f'"1*1*500*1*{pin}"'.encode()),
        (aof, f"\r\n$4\r\n{pin}\r\n".encode()),
        (aof, key),
        ("log/postgres.log", f"text 2*{pin}*1".encode()),
        ("log/valkey.log", key.upper()),
        ("postgres/base/1", base64.b64encode(b"x" + key)),
    ):
        (tmp_path / place).write_bytes(good + b" " * 50 + planted + b" " * 50)
        assert len(leaks(tmp_path)) == 1, (place, planted)
        (tmp_path / place).write_bytes(good)
