"""Who may do what about rides."""

from typing import Final

from core.rides import listing
from core.staff.roles import Permission

SEE_FARES: Final = Permission(
    "rides.see_fares",
    "see tables of fares",
    ("company_admin", "operator", "treasurer", "auditor", "government"),
)
LOOK: Final = Permission(
    "rides.look", "see rides and drivers", ("company_admin", "operator", "auditor")
)
GIVE: Final = Permission(
    "rides.give", "give a ride to a driver", ("company_admin", "operator"), changes=True
)
FILES: Final = Permission(
    listing.PERMISSION,
    "take the files of rides for authorities",
    ("company_admin", "auditor", "government"),
)
FARES: Final = Permission(
    "rides.fares", "ask that a table of fares is published", ("company_admin",), changes=True
)
REPORTS: Final = Permission(
    "rides.reports", "see reports of rides", ("company_admin", "auditor", "government")
)
PAPERS: Final = Permission(
    "rides.papers",
    "accept or refuse the papers of drivers",
    ("company_admin", "operator"),
    changes=True,
)
