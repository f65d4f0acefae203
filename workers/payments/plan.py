"""When a payment is asked about again, and when it is given up on."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """Times of a payment, in seconds after its request left unless said otherwise.

    A prompt that comes long after somebody has put the phone away would only frighten them, so what
    could not be sent within `submit_within_s` of being begun is not sent any more; what we pay,
    within `pay_within_s`. `expires_s` is for a provider that names no time of its own, and
    `margin_s` is given to its clock.
    """

    submit_within_s: float = 120.0
    pay_within_s: float = 900.0
    submit_again_s: float = 5.0
    first_s: float = 3.0
    share: float = 0.4  # of the age, until the next question
    longest_s: float = 60.0
    expires_s: float = 300.0
    code_s: float = 900.0  # of a code that the person is to give, until it is no use any more
    page_s: float = 1_800.0  # of a page that the person opens, until it is no use any more
    margin_s: float = 60.0
    # Of what is in review because nobody says: more and more seldom, and then no more.
    late_first_s: float = 300.0
    late_longest_s: float = 3_600.0
    late_until_s: float = 3 * 86_400.0

    def submit_next_s(self, age_s: float) -> float:
        """How long until a request that did not leave, or was sent back unread, goes again; by the
        age of its payment."""
        return min(max(self.submit_again_s, age_s * self.share), self.longest_s)

    def next_s(self, age_s: float, expires_s: float | None) -> float:
        """How long until the next question."""
        if age_s < self.over_s(expires_s):
            return min(max(self.first_s, age_s * self.share), self.longest_s)
        return min(max(self.late_first_s, age_s * self.share), self.late_longest_s)

    def over_s(self, expires_s: float | None) -> float:
        """At what age its provider must have said what became of it."""
        return (expires_s or self.expires_s) + self.margin_s


PLAN: Final = Plan()
