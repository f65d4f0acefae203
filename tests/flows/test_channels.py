"""Every flow on every channel, in every language: `pytest --refresh-transcripts` writes them."""

import pytest

from tests.support.channels import FOLDER, Case, Channels, cases
from tests.support.domains import FLOWS
from tests.support.transcript import AT_EVERY_TEST
from tests.support.ussd import SPOKEN, UssdTenant


@pytest.mark.usefixtures("fixed_time")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            marks=() if case.language in AT_EVERY_TEST else pytest.mark.long,
            id=str(case),
        )
        for case in cases()
    ],
)
def test_channels(case: Case, tenant: UssdTenant, refreshing: bool) -> None:
    played = Channels(tenant, case.language).run(case.script())
    if refreshing:
        case.file.write_text(played, encoding="utf-8")
    assert case.file.is_file(), "not written down yet: pytest --refresh-transcripts"
    assert played == case.file.read_text(encoding="utf-8")


def test_every_flow_is_shown_on_every_channel_in_every_language() -> None:
    assert {(case.flow, case.language) for case in cases()} == {
        (flow, language) for flow in FLOWS for language in SPOKEN
    }
    assert set(FOLDER.glob("*.txt")) == {case.file for case in cases()}


def test_no_chat_is_sent_a_pin(tenant: UssdTenant) -> None:
    """The column of a chat is done by USSD before what is secret is typed."""
    Channels(tenant, "en").run(Case("contribute", "en").script())
    assert tenant.entries() == 1  # paid, by USSD
    assert tenant.number("SELECT count(*) FROM inbound_message WHERE had_pin") == 0
