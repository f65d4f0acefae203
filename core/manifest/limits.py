"""Every limit of a tenant's folder, in one place."""

from typing import Final

PEOPLE_MAXIMUM: Final = 200_000
PHONES_A_PERSON_MAXIMUM: Final = 5
GROUPS_A_PERSON_MAXIMUM: Final = 97  # keys of a list go from 1 to 97
SERVICES_MAXIMUM: Final = 50
NAME_CHARS_MAXIMUM: Final = 40
REASON_CHARS_MAXIMUM: Final = 200
BASIS_POINTS_MAXIMUM: Final = 10_000
BUDGET_SEPTETS: Final = (60, 182)
# Fewer would stop a tenant's people for their own slips, more would stop nobody who guesses.
WRONG_PINS_A_MINUTE: Final = (30, 3_000)

# The operations that fees and limits may be set for, and the limits that there are. A name that
# nobody reads would be a limit that nobody keeps, so others are refused.
OPERATIONS: Final = ("contribute", "topup")
OPERATIONS_OF_AGENTS: Final = ("topup",)  # those whose tables may be for a level of agents
LIMITS: Final = ("minimum", "maximum", "day_maximum", "approval_above_day", "float_low")
KINDS: Final = ("fee", "limit")
ROLES: Final = ("customer", "member", "agent", "assistant", "super_agent")
LEVELS: Final = ("super_agent", "agent", "assistant")
CHANNELS: Final = ("ussd", "sms", "whatsapp")
