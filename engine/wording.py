"""Business refusals in a person's words, and what a tenant says of itself in a sentence."""

from core.tenants.directory import Tenant
from menus.sentences import office
from menus.texts import Msg, Param, Text
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
