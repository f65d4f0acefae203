"""A member asks of their own group: when it meets, and what it agreed on."""

from core.savings import groups, my_group
from core.savings.constitution import Constitution
from core.savings.groups import Membership
from engine.flow import Flow
from flows.savings.group_steps import kind_of_fine
from menus.screens import End, Menu, Option
from menus.texts import Day, Text, _
from values.money import Money

MEETING, RULES = "meeting", "rules"


class MyGroup(Flow):
    """group -> next meeting, or rules: what every member knows, so no PIN is asked for."""

    name = "my_group"
    initial = "group"
    resumable = frozenset({"group", "what"})
    transitions = [
        ["answer", "group", "what"],
        {"trigger": "answer", "source": "what", "dest": "rules", "conditions": "is_rules"},
        ["answer", "what", "meeting"],
    ]  # fmt: skip

    class Answers:
        group: Membership

    def group(self) -> Menu | End:
        found = self.read(groups.of_member, self.caller_id)
        if not found:
            return End(_("You are in no group yet. Ask a group's secretary to add you."))
        options = (Option(one.number, one.name, one.membership, one.code) for one in found)
        return Menu(_("Which group?"), tuple(options))

    def what(self) -> Menu:
        return Menu(
            self.answers.group.name,
            (
                Option(1, _("Next meeting"), MEETING),
                Option(2, _("Rules"), RULES),
            ),
        )

    def is_rules(self) -> bool:
        return bool(self.given == RULES)

    def meeting(self) -> End:
        group = self.answers.group
        found = self.read(my_group.next_meeting, group.id, self.tenant.today())
        if found.day is None:
            return End(
                _(
                    "{group} has {members} members. No meeting is planned yet.",
                    group=group.name,
                    members=found.members,
                )
            )
        return End(
            _(
                "{group} meets on {day} at {at}. Place: {place}. Members: {members}.",
                group=group.name,
                day=Day(found.day),
                at=found.at,
                place=found.place,
                members=found.members,
            )
        )

    def rules(self) -> End:
        rules = self.read(my_group.rules, self.answers.group.id, self.tenant.today())
        return End(_with_fines(rules, self._savings(rules), self.currency))

    def _savings(self, rules: Constitution) -> Text:
        social = self.money(rules.social_minor)
        if rules.has_shares:
            return _(
                "A share costs {share}. At a meeting: {least} to {most} shares."
                " Social fund: {social}.",
                share=self.money(rules.share_minor),
                least=rules.least,
                most=rules.most,
                social=social,
            )
        return _(
            "Saved at a meeting: {least} to {most}. Social fund: {social}.",
            least=self.money(rules.least),
            most=self.money(rules.most),
            social=social,
        )


def _with_fines(rules: Constitution, before: Text, currency: str) -> Text:
    """A line for each kind of fine, as the group calls it."""
    for kind, amount_minor in rules.fines.items():
        before = _(
            "{before}\n{kind}: {amount}",
            before=before,
            kind=kind_of_fine(kind),
            amount=Money(amount_minor, currency),
        )
    return before
