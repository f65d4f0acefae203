"""A group's credit history on the console: by its consent alone, and each look in the trail."""

import io
import re
from datetime import timedelta

from pypdf import PdfReader

from core.savings import next_of_kin, votes
from tests.app.console.test_savings import Union, union
from tests.support.tenants import KEYS

__all__ = ["union"]


def test_a_bank_sees_what_the_group_agreed_to_until_it_is_taken_back(union: Union) -> None:
    tenant, clerk, group = union.tenant, union.clerk_of("KOP1"), union.group("KOP1")
    path = f"/console/savings/{group}/credit"
    assert "has carried no vote" in clerk.reads(path)
    today = tenant.service().tenant.today()
    with tenant.tx() as tx:
        votes.open_vote(
            *(tx,), group_id=group, by=tenant.id_of("uwera"), today=today,
            question="May Banki see how we repay?", secret=False, hours=48,
        )  # fmt: skip
    members = tenant.admin.execute(
        "SELECT subscriber_id FROM membership WHERE group_id = %s", (group,)
    ).fetchall()
    for (member,) in members:
        with tenant.tx() as tx:
            for vote in votes.open_to(tx, member):
                votes.cast(tx, KEYS, vote.id, votes.YES, member_id=member)
    (vote_id,) = re.findall(r'<option value="([^"]+)">May Banki', clerk.reads(path))
    until = str(today + timedelta(days=30))
    assert clerk.post(path, vote=vote_id, bank="Banki", until="soon").status_code == 409
    page = clerk.does(path, vote=vote_id, bank="Banki", until=until)
    (consent,) = set(re.findall(rf"{path}/([0-9a-f-]{{36}})", page))
    shown = clerk.reads(f"{path}/{consent}")
    assert ("For Banki" in shown, "Uwera" in shown) == (True, False)
    csv = clerk.get(f"{path}/{consent}?as=csv")
    assert csv.data.decode("utf-8-sig").splitlines()[1].startswith("month,meetings,came_percent")
    pdf = clerk.get(f"{path}/{consent}?as=pdf").data
    assert "Banki" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    looks = "action = 'look at credit history' AND detail ->> 'bank' = 'Banki'"
    assert tenant.count("audit", looks) == 3
    clerk.does(f"{path}/{consent}/end", reason="The chair asked")
    assert clerk.get(f"{path}/{consent}").status_code == 409
    assert tenant.count("audit", looks) == 3
    assert union.clerk_of("KOP5").get(f"{path}/{consent}").status_code == 409


def test_staff_write_down_whom_a_member_names(union: Union) -> None:
    tenant, clerk, group = union.tenant, union.clerk_of("KOP1"), union.group("KOP1")
    member, path = tenant.id_of("uwera"), f"/console/savings/{group}/kin"
    given = {"called": "Mukamana Rose", "number": "0788500123"}
    clerk.does(path, member=str(member), **given)
    with tenant.tx() as tx:
        found = next_of_kin.find(tx, KEYS, member)
    assert found is not None
    assert (found.name, found.number) == ("Mukamana Rose", "+250788500123")
    assert found.named_by == "officer clerk-kop1"
    assert clerk.post(path, member=str(member), called="7", number="1").status_code == 409
    other = tenant.id_of("gasana")  # is no member of the group
    assert clerk.post(path, member=str(other), **given).status_code == 409
    stored = tenant.one("SELECT name_sealed, number_sealed FROM savings_next_of_kin")
    assert b"Mukamana" not in stored[0] + stored[1]
