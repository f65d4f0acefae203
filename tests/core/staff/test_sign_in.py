"""Signing in by password: counted first, the same answer where nobody is, and nothing twice."""

from collections.abc import Iterator

import pyotp
import pytest

from core.staff import members, passwords, sessions, throttle
from core.staff.errors import (
    LinkIsOver,
    SignInRefused,
    StaffError,
    TooManyTries,
    WeakPassword,
    WrongCode,
)
from core.staff.passwords import SignedIn
from core.staff.roles import Grant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from values import clock

PASSWORD = "four words nobody joins"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


class Person:
    """Somebody who was invited, with an authenticator in hand."""

    def __init__(self, tenant: Tenant, handle: str) -> None:
        self.tenant, self.handle = tenant, handle
        with tenant.tx() as tx:
            grants = [Grant("operator")]
            self.link = members.invite(tx, KEYS, tenant.tenant_id, handle, grants, by="test")
        self.totp = pyotp.TOTP(passwords.totp_secret(KEYS, self.link))
        self.steps = 0
        self.codes: list[str] = []

    def code(self) -> str:
        """A code that has not been used: each is of another time step."""
        self.steps += 1
        return self.totp.at(int(clock.epoch_s()) + 30 * (self.steps - 2))

    def choose(self, password: str = PASSWORD, code: str = "") -> SignedIn:
        signed_in, self.codes = passwords.choose(
            self.tenant.database,
            KEYS,
            tenant_id=self.tenant.tenant_id,
            link=self.link,
            password=password,
            code=code or self.code(),
        )
        return signed_in

    def sign_in(self, code: str = "", password: str = PASSWORD, **more: object) -> SignedIn:
        return sign_in(self.tenant, self.handle, password, code, **more)


def sign_in(
    tenant: Tenant, handle: str, password: str = PASSWORD, code: str = "", **more: object
) -> SignedIn:
    wanted = {"tenant_id": tenant.tenant_id, "place": handle, "device": "", "trust": False} | more
    return passwords.sign_in(
        tenant.database,
        KEYS,
        handle=handle,
        password=password,
        code=code,
        **wanted,  # type: ignore[arg-type]
    )


def test_a_link_is_for_one_use_and_what_is_weak_or_wrong_leaves_it(tenant: Tenant) -> None:
    person = Person(tenant, "ann")
    for weak in ("short", "password1234", "ann is my name", "aaaaaaaaaaaa"):
        with pytest.raises(WeakPassword):
            person.choose(weak, person.totp.now())
    with pytest.raises(WrongCode):
        person.choose(code="000000")
    signed_in = person.choose()
    assert len({*person.codes}) == 10
    with tenant.tx() as tx:
        found = sessions.find(tx, KEYS, signed_in.session)
    assert found is not None
    assert (found.handle, found.grants) == ("ann", (Grant("operator"),))
    with pytest.raises(LinkIsOver):
        person.choose()


def test_a_code_opens_once_whether_of_the_authenticator_or_of_paper(tenant: Tenant) -> None:
    person = Person(tenant, "ben")
    person.choose()
    code = person.code()
    person.sign_in(code)
    with pytest.raises(SignInRefused):
        person.sign_in(code)
    person.sign_in(person.codes[0].upper())
    with pytest.raises(SignInRefused):
        person.sign_in(person.codes[0])
    with pytest.raises(SignInRefused):
        person.sign_in("")


def test_a_trusted_browser_needs_no_code_until_it_is_forgotten(tenant: Tenant) -> None:
    person, other = Person(tenant, "cleo"), Person(tenant, "dan")
    person.choose()
    other.choose()
    signed_in = person.sign_in(person.code(), trust=True)
    again = person.sign_in("", device=signed_in.device)
    with pytest.raises(SignInRefused):
        other.sign_in("", device=signed_in.device)
    with tenant.tx() as tx:
        assert sessions.end_others(tx, KEYS, signed_in.member, again.session) == 2
        assert sessions.find(tx, KEYS, signed_in.session) is None
        assert sessions.find(tx, KEYS, again.session) is not None
    with pytest.raises(SignInRefused):
        person.sign_in("", device=signed_in.device)


@pytest.mark.parametrize("is_there", [True, False])
def test_who_guesses_is_stopped_whether_there_is_somebody_or_not(
    tenant: Tenant, is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, the same count, and one password hashed for each guess."""
    person = Person(tenant, "eve") if is_there else None
    if person:
        person.choose()
    hashed: list[str] = []
    verify = type(KEYS).verify_pin

    def counted(self: object, pin: str, phc: str) -> bool:
        hashed.append(phc)
        return verify(KEYS, pin, phc)

    monkeypatch.setattr(type(KEYS), "verify_pin", counted)
    handle = "eve" if is_there else "nobody"
    told: list[tuple[type[StaffError], str]] = []
    for _ in range(throttle.TRIES_OF_A_NAME + 1):
        with pytest.raises(StaffError) as refused:
            sign_in(tenant, handle, "a wrong password", "123456")
        told.append((refused.type, str(refused.value)))
    assert {*told[:-1]} == {(SignInRefused, str(SignInRefused()))}
    assert told[-1] == (TooManyTries, str(TooManyTries()))
    assert len(hashed) == throttle.TRIES_OF_A_NAME
    if person:  # the right one is held up too: nothing is learned by who is stopped
        with pytest.raises(TooManyTries):
            person.sign_in(person.code())


def test_guesses_from_one_place_at_many_names_are_counted_together(tenant: Tenant) -> None:
    for number in range(throttle.TRIES_OF_A_PLACE):
        with tenant.tx() as tx:
            throttle.count(tx, KEYS, name=f"n{number}", place="192.0.2.9")
    with pytest.raises(TooManyTries), tenant.tx() as tx:
        throttle.count(tx, KEYS, name="another", place="192.0.2.9")


def test_a_business_that_there_is_not_is_refused_in_the_same_words(tenant: Tenant) -> None:
    with pytest.raises(SignInRefused):
        sign_in(tenant, "ann", tenant_id=None)


def test_a_session_ends_by_silence_by_age_and_when_its_member_is_let_go(tenant: Tenant) -> None:
    person = Person(tenant, "flo")
    token = person.choose().session

    def lives() -> bool:
        with tenant.tx() as tx:
            return sessions.find(tx, KEYS, token) is not None

    assert lives()
    of_flo = "(SELECT id FROM staff_member WHERE handle = 'flo')"
    moment = f"UPDATE staff_session SET {{}} WHERE staff_id = {of_flo}"
    tenant.as_superuser(moment.format("seen_at = now() - interval '12 hours 1 second'"))
    assert not lives()
    tenant.as_superuser(moment.format("seen_at = now(), created_at = now() - interval '8 days'"))
    assert not lives()
    tenant.as_superuser(moment.format("created_at = now()"))
    assert lives()
    with tenant.tx() as tx:
        members.revoke(tx, "flo", by="test", reason="left")
    assert not lives()
    with pytest.raises(SignInRefused):
        person.sign_in(person.code())
    assert tenant.count("staff_role", f"staff_id = {of_flo}") == 0


def test_nothing_that_opens_is_kept_as_it_is(tenant: Tenant) -> None:
    person = Person(tenant, "gus")
    signed_in = person.choose()
    kept = str(
        [
            tenant.admin.execute(f"SELECT * FROM {table}").fetchall()
            for table in ("staff_member", "staff_invitation", "staff_session", "staff_backup_code")
        ]
    )
    for secret in (person.link, signed_in.session, person.codes[0], PASSWORD, person.totp.secret):
        assert secret not in kept
