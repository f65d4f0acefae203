"""A meeting written down by text messages, a line a member."""

import pytest

from tests.support.history_of_meetings import open_meeting
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant


@pytest.mark.usefixtures("fixed_time")
def test_one_line_is_one_members_shares(tenant: UssdTenant) -> None:
    group_id = tenant.one("SELECT id FROM savings_group WHERE code = 'KOP1'")[0]
    meeting = open_meeting(tenant, group_id)
    treasurer = Texter(tenant, tenant.people["uwera"].phones[0])
    assert treasurer.text("SHARES KOP1 2 3") == "2 Mukamana J. saves 1,500 RWF. 1 of 5 asked."
    # The secretary has an office of one group only: it goes without saying.
    secretary = Texter(tenant, tenant.people["habimana"].phones[0])
    assert secretary.text("shares 3 0") == "3 Habimana E. saves 0 RWF. 2 of 5 asked."
    asked = secretary.text("shares 2 4")
    assert asked.startswith("Mukamana J. has 3 already. 4 instead?")
    assert secretary.text("yes") == "2 Mukamana J. saves 2,000 RWF. 2 of 5 asked."
    saved = "SELECT saved_minor FROM savings_meeting_line WHERE meeting_id = %s AND number = 2"
    assert tenant.one(saved, meeting.id) == (2000,)
    assert tenant.entries() == 0  # money only when the meeting closes


@pytest.mark.usefixtures("fixed_time")
def test_where_members_save_freely_amounts_are_typed_and_shown(tenant: UssdTenant) -> None:
    open_meeting(tenant, tenant.one("SELECT id FROM savings_group WHERE code = 'KOP2'")[0])
    treasurer = Texter(tenant, tenant.people["uwera"].phones[0])
    assert "saves 1,500 RWF." in treasurer.text("SHARES KOP2 2 1500 Frw")
    assert "has 1,500 RWF already. 2,000 RWF instead?" in treasurer.text("SHARES KOP2 2 2000")
    assert "saves 2,000 RWF." in treasurer.text("yes")
    assert "allow 500 RWF to 20,000 RWF, or 0." in treasurer.text("SHARES KOP2 1 300")
