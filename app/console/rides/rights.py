"""Who may do what about rides."""

from typing import Final

from core.staff.roles import Permission

LOOK: Final = Permission(
    "rides.look", "see rides and drivers", ("company_admin", "operator", "auditor")
)
GIVE: Final = Permission(
    "rides.give", "give a ride to a driver", ("company_admin", "operator"), changes=True
)
PAPERS: Final = Permission(
    "rides.papers",
    "accept or refuse the papers of drivers",
    ("company_admin", "operator"),
    changes=True,
)
