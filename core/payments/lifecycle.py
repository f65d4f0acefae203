"""The states of a payment, and of money that a provider moved.

`unknown`: nobody knows what became of the request, so it is never sent again under another
reference. `review`: a person decides, or a late word of the provider's does, where only its word
was missing (`NO_OUTCOME`).
"""

from typing import Final

from core.lifecycle import Lifecycle

PAYMENT: Final = Lifecycle(
    "payment",
    initial="created",
    transitions=[
        ["submit", "created", "submitted"],
        ["put_back", "submitted", "created"],  # it did not leave, or came back unread
        ["accept", ["submitted", "unknown"], "pending"],
        ["lose", "submitted", "unknown"],
        ["pay", ["submitted", "pending", "unknown", "review"], "paid"],
        ["fail", ["created", "submitted", "pending", "unknown", "review"], "failed"],
        ["expire", ["submitted", "pending", "unknown", "review"], "expired"],
        ["doubt", ["submitted", "pending", "unknown", "failed", "expired"], "review"],
        ["reverse", "paid", "reversed"],
        ["refund", "paid", "refunded"],
    ],
)
# Money whose owner is known at once is written down as allocated.
MOVEMENT: Final = Lifecycle(
    "provider_movement",
    initial="suspense",
    transitions=[["allocate", "suspense", "allocated"]],
)

# What a pending payment waits for, where it is no prompt: that the person opens a page, or gives us
# a code; and a code that was passed on.
OPEN_PAGE: Final = "open_page"
GIVE_CODE: Final = "give_code"
CODE_SENT: Final = "code_sent"
# Why a payment is in review.
NO_OUTCOME: Final = "no_outcome"
OTHER_AMOUNT: Final = "other_amount"
OTHER_CURRENCY: Final = "other_currency"
OTHER_REFERENCE: Final = "other_reference"
OTHER_PARTY: Final = "other_party"
ALREADY_CREDITED: Final = "already_credited"
LATE_SUCCESS: Final = "late_success"
ON_HOLD: Final = "on_hold"
# Paid, by the status; what callbacks say of it is not what was asked for, or not one thing.
CALLBACK_DIFFERS: Final = "callback_differs"
