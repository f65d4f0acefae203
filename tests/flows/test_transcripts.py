"""Every transcript, in every language: `pytest --refresh-transcripts` writes them anew."""

import pytest

from tests.support.transcript import AT_EVERY_TEST, FOLDER, Case, Play, cases
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
def test_transcript(case: Case, tenant: UssdTenant, refreshing: bool) -> None:
    played = Play(tenant, case.language).run(case.script())
    if refreshing:
        case.file.write_text(played, encoding="utf-8")
    assert case.file.is_file(), "not written down yet: pytest --refresh-transcripts"
    assert played == case.file.read_text(encoding="utf-8")


def test_no_transcript_is_left_over() -> None:
    assert sorted(FOLDER.glob("*/*.txt")) == sorted(case.file for case in cases())


def test_every_flow_has_transcripts_in_every_language() -> None:
    from tests.support.domains import FLOWS

    told = {(case.flow, case.language) for case in cases()}
    assert told >= {(flow, language) for flow in FLOWS for language in SPOKEN}
