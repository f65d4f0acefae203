"""Signing in by the pages: cookies, tokens, headers, and where one is sent on."""

import re
import time
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.console.application import create_console
from app.console.safety import HEADERS, own_path
from app.settings import Settings
from core.db.database import Database
from core.security import tokens
from core.staff import members, passwords
from core.staff.roles import Grant, Member
from tests.app.console.conftest import HOST, Clerk
from tests.support.tenants import KEYS, Tenant
from values.ids import uuid7

PASSWORD = "four words nobody joins"


def form_of(clerk: Clerk, path: str) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', clerk.reads(path))
    assert found
    return found[1]


def sign_in(clerk: Clerk, handle: str, code: str, **more: str) -> TestResponse:
    token = form_of(clerk, "/console/sign-in")
    form = {"business": "umoja", "handle": handle, "password": PASSWORD, "code": code}
    return clerk.post("/console/sign-in", form_token=token, **(form | more))


@pytest.fixture(scope="module")
def known(web: Flask, tenant: Tenant) -> tuple[pyotp.TOTP, list[str]]:
    """Somebody who chose a password by the link's page: the authenticator, and the codes shown."""
    clerk = Clerk(web, tenant)
    with tenant.tx() as tx:
        grants = [Grant("company_admin")]
        link = members.invite(tx, KEYS, tenant.tenant_id, "m.uwera", grants, by="test")
    path = f"/console/welcome/{link}"
    totp = pyotp.TOTP(passwords.totp_secret(KEYS, link))
    page = clerk.reads(path)
    assert "m.uwera" in page
    assert totp.secret in page.replace(" ", "")
    token = form_of(clerk, path)
    wrong = clerk.post(path, form_token=token, password=PASSWORD, code="000000")
    assert wrong.status_code == 400
    assert "not right" in wrong.text
    code = totp.at(int(time.time()) - 30)
    done = clerk.post(path, form_token=token, password=PASSWORD, code=code)
    codes = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", done.text)
    assert len(codes) == 10
    assert "What waits" in clerk.reads("/console")
    gone = clerk.get(path)
    assert gone.status_code == 409
    assert "This link was used" in gone.text
    return totp, codes


def test_a_new_session_is_another_and_the_old_one_ends(
    clerk: Clerk, known: tuple[pyotp.TOTP, list[str]], web: Flask, tenant: Tenant
) -> None:
    """No fixation: what a browser brought along opens nothing after signing in."""
    answer = sign_in(clerk, "m.uwera", known[1][0])
    assert answer.status_code == 303
    first = clerk.client.get_cookie("__Host-piga-console", domain="console.example")
    assert first is not None
    assert (first.secure, first.http_only, first.same_site, first.path) == (True, True, "Lax", "/")
    assert answer.location == "/console"
    assert (
        sign_in(clerk, "m.uwera", known[1][1], next="/console/audit").location == "/console/audit"
    )
    second = clerk.client.get_cookie("__Host-piga-console", domain="console.example")
    assert second is not None
    assert second.value != first.value
    other = Clerk(web, tenant)
    other.client.set_cookie(
        "__Host-piga-console", first.value, domain="console.example", secure=True
    )
    assert other.get("/console").status_code == 303
    clerk.token = second.value
    assert clerk.post("/console/sign-out").status_code == 303
    assert clerk.get("/console").status_code == 303


def test_nobody_learns_who_is_there(clerk: Clerk, known: object) -> None:
    told = []
    for handle, business in (("m.uwera", "umoja"), ("nobody", "umoja"), ("m.uwera", "elsewhere")):
        answer = sign_in(clerk, handle, "", business=business, password="wrong " * 3)
        text = re.sub(r'value="[^"]*"', "", answer.text)
        told.append((answer.status_code, text))
    assert told[0][0] == 403
    assert len({*told}) == 1


def test_a_sign_in_from_another_site_is_not_listened_to(
    clerk: Clerk, known: tuple[pyotp.TOTP, list[str]]
) -> None:
    form = {"business": "umoja", "handle": "m.uwera", "password": PASSWORD, "code": known[1][2]}
    assert clerk.post("/console/sign-in", form_token="0" * 64, **form).status_code == 400
    token = form_of(clerk, "/console/sign-in")
    answer = clerk.client.post(
        "/console/sign-in",
        data=form | {"form_token": token},
        headers={"Origin": "https://elsewhere.example"},
        base_url=HOST,
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        *("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/consolex"),
        *("/console/..//elsewhere", "/console//elsewhere", "javascript:alert(1)", "/hooks/x", ""),
        *("/console/people\r\nSet-Cookie: a=b", "/console@elsewhere.example"),
    ],
)
def test_nobody_is_sent_elsewhere(asked: str) -> None:
    assert own_path(asked) == "/console"


def test_one_is_sent_where_one_wanted_to_go(clerk: Clerk) -> None:
    answer = clerk.get("/console/audit?object=5")
    assert answer.location == "/console/sign-in?next=/console/audit?object=5"
    assert own_path("/console/audit?object=5") == "/console/audit?object=5"


def test_every_answer_carries_the_headers(clerk: Clerk, staff: dict[str, Member]) -> None:
    paths = [
        "/console/sign-in",
        "/console/nowhere",
        "/console/welcome/x",
        "/console/static/console.css",
    ]
    clerk.signs_in(staff["super_admin"])
    for path in [*paths, "/console", "/console/audit"]:
        with clerk.get(path) as answer:
            headers = answer.headers
        for name in HEADERS.keys() - {"Cache-Control"}:
            assert headers[name] == HEADERS[name], (path, name)
        assert headers["Strict-Transport-Security"]
        assert headers["Cache-Control"] == "no-store" or "/static/" in path
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_no_template_has_a_script_or_a_style_of_its_own() -> None:
    """They would not run: the policy lets only files of ours."""
    found = [*Path("app/console").rglob("*.html")]
    assert len(found) > 10
    for file in found:
        text = file.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>|javascript:|\| ?safe", text), (
            file
        )
        assert not re.search(r"https?://", text), file


def test_what_was_done_is_told_once_and_only_what_we_wrote(
    clerk: Clerk, staff: dict[str, Member]
) -> None:
    clerk.signs_in(staff["super_admin"])
    assert "no browser is trusted" in clerk.does("/console/me/end-others")
    assert "no browser is trusted" not in clerk.reads("/console/me")
    clerk.client.set_cookie("__Host-piga-said", "0.aGVsbG8=", domain="console.example", secure=True)
    assert "hello" not in clerk.reads("/console/me")


def test_a_page_that_is_asked_for_by_itself_keeps_no_session(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    clerk.signs_in(staff["operator"])

    def silent_s() -> int:
        return tenant.number(
            "SELECT extract(epoch FROM now() - seen_at)::int FROM staff_session"
            " WHERE staff_id = %s ORDER BY seen_at DESC LIMIT 1",
            staff["operator"].id,
        )

    with tenant.tx() as tx:
        tx.execute("UPDATE staff_session SET seen_at = now() - interval '11 hours'")
    after_s, _, again = clerk.get("/console").headers["Refresh"].partition("; url=")
    assert (after_s, again) == ("30", "/console?again=1")
    with tenant.tx() as tx:
        tx.execute("UPDATE staff_session SET seen_at = now() - interval '11 hours'")
    assert "What waits" in clerk.reads(again)
    assert silent_s() >= 11 * 3600
    clerk.reads("/console")
    assert silent_s() < 60


def test_a_name_is_text_on_every_page(clerk: Clerk, staff: dict[str, Member]) -> None:
    clerk.signs_in(staff["super_admin"])
    form = urlencode({"business": "<b>x</b>", "handle": '"><script>'})
    page = clerk.reads(f"/console/sign-in?{form}")
    assert "<b>x" not in page
    assert "<script>" not in page


def test_without_a_database_a_page_says_so(settings: Settings) -> None:
    nowhere = Database("postgresql://piga_app@127.0.0.1:1/piga")
    web = create_console(settings, nowhere, KEYS)
    client = web.test_client()
    token = tokens.new_token(uuid7())
    client.set_cookie("__Host-piga-console", token, domain="console.example", secure=True)
    answer = client.get("/console", base_url=HOST)
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "psycopg" not in answer.text


def test_a_demos_console_is_for_this_machine_alone(settings: Settings, tenant: Tenant) -> None:
    demo = Settings(home=settings.home, demo=True, database_url=settings.database_url)
    client = create_console(demo, tenant.database, KEYS).test_client()
    local = client.get("/console/sign-in", base_url="http://localhost:8000")
    assert local.status_code == 200
    assert "Secure" not in local.headers["Set-Cookie"]
    far = client.get("/console/sign-in", base_url="http://piga.example")
    assert far.status_code == 403
    other = {"REMOTE_ADDR": "192.0.2.7"}
    away = client.get("/console/sign-in", base_url="http://localhost:8000", environ_overrides=other)
    assert away.status_code == 403


def test_being_one_of_the_demos_staff_is_of_a_demo_alone(
    clerk: Clerk, staff: dict[str, Member]
) -> None:
    token = form_of(clerk, "/console/sign-in")
    answer = clerk.post(
        "/console/sign-in/demo", form_token=token, business="umoja", handle="super-admin"
    )
    assert answer.status_code == 404
