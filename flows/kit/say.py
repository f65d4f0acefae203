"""Business refusals in a person's words."""

from core.errors import BusinessError
from menus.texts import Money, Msg, Param


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
