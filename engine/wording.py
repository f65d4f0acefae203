"""Business refusals in a person's words, what was done, and what a tenant says of itself."""

import uuid

from core.money.intents import Intent
from core.tenants.directory import Tenant
from menus.sentences import office
from menus.texts import Msg, Param, Text, _
from values.money import Money
from values.refusals import BusinessError


def refusal(error: BusinessError) -> Msg:
    """The error's sentence with its params: `available_minor` becomes {available}, as money."""
    params: dict[str, Param] = {}
    currency = error.params.get("currency", "")
    for name, value in error.params.items():
        if name.endswith("_minor"):
            params[name.removesuffix("_minor")] = Money(value, currency)
        elif name != "currency":
            params[name] = value
    return Msg(error.sentence, **params)


def own_words(tenant: Tenant, language: str) -> dict[str, Param]:
    """What a tenant says of itself in its texts."""
    return {"tenant": tenant.name_in(language), "office": office(tenant.help_phone)}


def addressed(text: Text, tenant: Tenant) -> Text:
    """A refusal that says whom to call, with the tenant's number in it."""
    if type(text) is not Msg or "{office}" not in text.msgid or "office" in text.params:
        return text
    return Msg(text.msgid, **text.params, office=office(tenant.help_phone))


def done_text(intent: Intent, reference: str, seen_by: uuid.UUID) -> Text:
    """An intent that was done, as one of its two sides is reminded of it: to whom or from whom, and
    how much. Of a deposit it says what arrived and what the cash is, as both sides' receipts do."""
    quote, amount = intent.quote, Money(intent.amount_minor, intent.currency)
    if "customer" not in quote:
        return _(
            "Done: {what}, {amount}. Ref {reference}.",
            what=str(quote.get("name", "")),
            amount=amount,
            reference=reference,
        )
    is_agent = seen_by == intent.subscriber_id
    return _(
        "Done: {what}, {arrived}, cash {amount}. Ref {reference}.",
        what=_("to {customer}", customer=quote["customer"])
        if is_agent
        else _("from {agent}", agent=quote["agent"]),
        arrived=Money(intent.amount_minor - intent.fee_minor, intent.currency),
        amount=amount,
        reference=reference,
    )
