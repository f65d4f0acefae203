"""What a provider said, as the core has it."""

from typing import Final

from core.money.ledger import AMOUNT_MAXIMUM_MINOR
from core.payments.outcomes import ProviderState, ProviderStatus
from core.payments.payments import Payment
from providers.contracts.payments import PaymentState, PaymentStatus, in_minor_units

PAGE_CHARS_MAXIMUM: Final = 110  # beside the amount and the provider, in one text


def status_of(answer: PaymentStatus, payment: Payment) -> ProviderStatus:
    """The provider's status as the core has it. A provider whose records have no amount moved what
    was asked under our reference: it takes one once."""
    amount = in_minor_units(answer.amount) if answer.amount else None
    if amount is not None and not 0 < amount.amount_minor <= AMOUNT_MAXIMUM_MINOR:
        amount = None  # nothing that can be booked
    if not answer.tells_amount and answer.known_as == payment.reference:
        amount = payment.amount
    reason = answer.reason.value if answer.reason else ""
    return ProviderStatus(
        ProviderState(answer.state.value),
        *(answer.provider_id, amount, answer.party, answer.known_as),
        reason,
        by_callbacks=answer.by_callbacks,
    )


def may_be_texted(page_url: str) -> bool:
    """Whether a page may be texted: one of the web's, that fits into a text."""
    return page_url.startswith("https://") and len(page_url) <= PAGE_CHARS_MAXIMUM


assert {state.value for state in PaymentState} == {state.value for state in ProviderState}
