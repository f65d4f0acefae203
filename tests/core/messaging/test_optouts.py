"""Opt-outs: the newest word that covers a sender holds, and what was said stays readable."""

from collections.abc import Callable, Iterator

import pytest
from psycopg import errors

from core.messaging import optouts
from core.messaging.optouts import Source
from tests.support.servers import DatabaseUrls
from tests.support.workers import MessagingTenant, lookup
from values.messages import NEWS, PURPOSES, REMINDERS

NUMBER = "+250788000001"
OTHER = "+250788000002"


@pytest.fixture(scope="module")
def both(module_database: DatabaseUrls) -> Iterator[tuple[MessagingTenant, MessagingTenant]]:
    made = MessagingTenant(module_database), MessagingTenant(module_database, slug="inshuti")
    yield made
    for tenant in made:
        tenant.close()


@pytest.fixture
def here(both: tuple[MessagingTenant, MessagingTenant]) -> MessagingTenant:
    both[0].admin.execute("TRUNCATE opt_out")
    return both[0]


def say(tenant: MessagingTenant, word: str, sender: str | None = None) -> bool:
    """STOP or START from the number, by SMS to a sender or by the tenant's page for all."""
    change = optouts.opt_out if word == "STOP" else optouts.opt_in
    with tenant.tx() as tx:
        return change(tx, tenant.keys, NUMBER, sender=sender, source=Source.WORD)


def is_out(tenant: MessagingTenant, sender: str | None = None, number: str = NUMBER) -> bool:
    with tenant.tx() as tx:
        return optouts.is_opted_out(tx, lookup(number), sender=sender)


def test_nobody_is_out_who_has_said_nothing(here: MessagingTenant) -> None:
    assert not is_out(here, "UMOJA")
    assert not say(here, "START")
    assert not is_out(here)


def test_of_one_sender_it_says_nothing_about_another(here: MessagingTenant) -> None:
    assert say(here, "STOP", "UMOJA")
    assert is_out(here, "UMOJA")
    assert is_out(here, "Umoja"), "a sender id looks alike in upper and lower case"
    assert not is_out(here, "8100")
    assert not is_out(here)
    assert not is_out(here, "UMOJA", OTHER)


def test_of_all_senders_it_covers_each(here: MessagingTenant) -> None:
    assert say(here, "STOP")
    assert [is_out(here, sender) for sender in (None, "UMOJA", "8100")] == [True] * 3


@pytest.mark.parametrize(
    ("said", "out"),
    [
        # What was said, in order: (word, sender) -> out of (any, UMOJA, 8100).
        ((("STOP", "UMOJA"), ("START", "UMOJA")), (False, False, False)),
        ((("STOP", None), ("START", "UMOJA")), (True, False, True)),
        ((("STOP", "UMOJA"), ("START", None)), (False, False, False)),
        ((("STOP", "UMOJA"), ("STOP", None), ("START", None)), (False, False, False)),
        ((("STOP", None), ("START", None), ("STOP", "UMOJA")), (False, True, False)),
        ((("STOP", None), ("START", "UMOJA"), ("STOP", None)), (True, True, True)),
        ((("STOP", "UMOJA"), ("STOP", "8100"), ("START", "8100")), (False, True, False)),
    ],
)
def test_the_newest_word_that_covers_a_sender_holds(
    here: MessagingTenant,
    said: tuple[tuple[str, str | None], ...],
    out: tuple[bool, bool, bool],
) -> None:
    for word, sender in said:
        assert say(here, word, sender), "each of these says something new"
    assert tuple(is_out(here, sender) for sender in (None, "UMOJA", "8100")) == out


def test_said_again_it_adds_nothing(here: MessagingTenant) -> None:
    assert say(here, "STOP", "UMOJA")
    assert not say(here, "STOP", "umoja")
    assert say(here, "STOP")
    assert not say(here, "STOP", "UMOJA"), "all senders are meant already"
    assert not say(here, "STOP")
    with here.tx() as tx:
        assert len(optouts.history(tx, lookup(NUMBER))) == 2


def test_the_history_says_how_and_by_whom(here: MessagingTenant) -> None:
    with here.tx() as tx:
        optouts.opt_out(tx, here.keys, NUMBER, sender="UMOJA", source=Source.PROVIDER)
        optouts.opt_in(tx, here.keys, NUMBER, source=Source.STAFF, actor="alice")
    with here.tx() as tx:
        newest, first = optouts.history(tx, lookup(NUMBER))
    assert (first.is_out, first.sender, first.source, first.actor) == (
        *(True, "umoja"),
        *(Source.PROVIDER, None),
    )
    assert (newest.is_out, newest.sender, newest.source, newest.actor) == (
        *(False, None),
        *(Source.STAFF, "alice"),
    )
    assert first.at <= newest.at


def test_staff_have_a_name_and_nobody_else_has_one(here: MessagingTenant) -> None:
    with here.tx() as tx:
        with pytest.raises(ValueError, match="actor"):
            optouts.opt_out(tx, here.keys, NUMBER, source=Source.STAFF)
        with pytest.raises(ValueError, match="actor"):
            optouts.opt_in(tx, here.keys, NUMBER, source=Source.WORD, actor="alice")


def test_another_channel_is_another_address(here: MessagingTenant) -> None:
    with here.tx() as tx:
        optouts.opt_out(tx, here.keys, NUMBER, source=Source.WORD, channel="whatsapp")
    assert not is_out(here)
    with here.tx() as tx:
        assert optouts.is_opted_out(tx, here.keys.lookup("whatsapp", NUMBER))


def test_of_one_tenant_it_says_nothing_to_another(
    here: MessagingTenant, both: tuple[MessagingTenant, MessagingTenant]
) -> None:
    say(here, "STOP")
    assert not is_out(both[1])


def test_what_was_said_is_never_changed(here: MessagingTenant) -> None:
    say(here, "STOP")
    for statement in ("UPDATE opt_out SET is_out = false", "DELETE FROM opt_out"):
        with pytest.raises(errors.InsufficientPrivilege), here.tx() as tx:
            tx.execute(statement)
    assert is_out(here)


def test_each_purpose_is_agreed_to_by_itself_and_a_word_of_the_phone_means_all(
    here: MessagingTenant,
) -> None:
    def held() -> tuple[bool, bool]:
        with here.tx() as tx:
            news, reminders = (
                not optouts.is_opted_out(tx, lookup(NUMBER), purpose=one) for one in PURPOSES
            )
        return news, reminders

    def note(change: Callable[..., bool], purpose: str) -> bool:
        with here.tx() as tx:
            by = {"source": Source.STAFF, "actor": "officer a", "purpose": purpose}
            return change(tx, here.keys, NUMBER, **by)

    assert note(optouts.opt_out, NEWS)
    assert held() == (False, True)
    assert not note(optouts.opt_out, NEWS), "it was said before"
    assert say(here, "STOP")
    assert held() == (False, False)
    assert not note(optouts.opt_out, REMINDERS), "all of it was said"
    assert note(optouts.opt_in, REMINDERS)
    assert held() == (False, True)
    assert say(here, "START")
    assert held() == (True, True)
    with here.tx() as tx:
        said = [one.purpose for one in optouts.history(tx, lookup(NUMBER))]
    assert said == ["", "reminders", "", "news"]


def test_a_purpose_that_there_is_not_is_refused(here: MessagingTenant) -> None:
    with pytest.raises(errors.CheckViolation), here.tx() as tx:
        optouts.opt_out(tx, here.keys, NUMBER, source=Source.WORD, purpose="spying")
