"""A member's own fines in a group, after the PIN: phones are shared."""

from core.savings import groups, my_group
from core.savings.groups import Membership
from engine.flow import Flow
from menus.screens import End, Menu, Option, Pin
from menus.texts import _


class MyFines(Flow):
    """PIN -> group -> what is still to be paid at the meeting that is on, and what was paid since
    the cycle began."""

    name = "my_fines"
    initial = "pin"
    transitions = [
        ["answer", "pin", "group"],
        ["answer", "group", "shown"],
    ]  # fmt: skip

    class Answers:
        group: Membership

    def pin(self) -> Pin:
        return Pin()

    def group(self) -> Menu | End:
        found = self.read(groups.of_member, self.caller_id)
        if not found:
            return End(_("You are in no group yet. Ask a group's secretary to add you."))
        options = (Option(one.number, one.name, one.membership, one.code) for one in found)
        return Menu(_("Which group?"), tuple(options))

    def shown(self) -> End:
        group = self.answers.group
        found = self.read(my_group.fines, group.id, self.caller_id, self.tenant.today())
        return End(
            _(
                "{group}: fines that you owe {owed}; paid in this cycle {paid}.",
                group=group.name,
                owed=self.money(found.owed_minor),
                paid=self.money(found.paid_minor),
            )
        )
