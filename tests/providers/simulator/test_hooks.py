"""Which hook a dialled string, a sender id or an account leads to."""

import pytest

from providers.simulator.hooks import Hook, HookTable, kept_for
from tests.support.providers import Us

AT = "africastalking"


def table() -> HookTable:
    return HookTable(AT, Us(url="http://127.0.0.1:1").hooks)


@pytest.mark.parametrize(
    ("dialled", "service", "digits"),
    [
        ("*384*10#", "*384*10#", ""),
        ("*384*10*1*2*500#", "*384*10#", "1*2*500"),
        ("*384*10*7#", "*384*10*7#", ""),
        ("*384*10*7*1#", "*384*10*7#", "1"),
        ("*384*10*77#", "*384*10#", "77"),
        ("*384*101#", "*384*101#", ""),
        ("*384*10**5#", "*384*10#", "*5"),
        ("*384*10*#", "*384*10#", ""),
        ("*384*10**#", "*384*10#", "*"),
    ],
)
def test_the_longest_code_of_whole_parts(dialled: str, service: str, digits: str) -> None:
    found = table().ussd(dialled)
    assert found is not None
    assert (found.service, found.digits) == (service, digits)
    assert found.url.startswith("http://127.0.0.1:1/hooks/africastalking/ussd/")


@pytest.mark.parametrize("dialled", ["*384*1#", "*384#", "#", "*#", "", "*38*410#", "384*10#"])
def test_no_service(dialled: str) -> None:
    assert table().ussd(dialled) is None


def test_another_providers_hook_is_not_ours() -> None:
    found = table().ussd("*384*10*9#")
    assert found is not None
    assert found.service == "*384*10#"


def hook(tenant: str, service: str) -> Hook:
    return Hook(provider=AT, kind="sms-report", tenant=tenant, service=service, url=f"u/{tenant}")


@pytest.mark.parametrize(
    ("hooks", "url"),
    [
        ([hook("a", "IMPUYE"), hook("b", "OTHER")], "u/a"),
        ([hook("a", "X"), hook("impuye", "Y")], "u/impuye"),
        ([hook("a", "X")], "u/a"),
        ([hook("a", "X"), hook("b", "Y")], None),
        ([hook("impuye", "X"), hook("impuye", "Y")], "u/impuye"),
        ([], None),
    ],
    ids=["by sender id", "by account", "the only one", "nobody's", "one of the account's", "none"],
)
def test_reports_find_their_hook(hooks: list[Hook], url: str | None) -> None:
    table = HookTable(AT, lambda: hooks)
    assert table.account_url("sms-report", username="impuye", service="IMPUYE") == url


def test_new_hooks_are_seen() -> None:
    now = [hook("a", "X")]
    table = HookTable(AT, lambda: list(now))
    assert table.url("sms-report", "Y") is None
    now.append(hook("b", "Y"))
    assert table.url("sms-report", "Y") == "u/b"


def test_a_source_is_asked_at_most_so_often() -> None:
    asked = []

    def source() -> list[Hook]:
        asked.append(1)
        return []

    read = kept_for(60, source)
    assert read() is read()
    assert len(asked) == 1
    read = kept_for(0, source)
    read()
    read()
    assert len(asked) == 3


def test_while_a_source_fails_its_last_answer_stands() -> None:
    answers: list[list[Hook]] = [[hook("a", "X")]]
    read = kept_for(0, lambda: answers.pop())
    assert read() == [hook("a", "X")]
    assert read() == [hook("a", "X")]
    with pytest.raises(IndexError):
        kept_for(0, lambda: answers.pop())()
