"""USSD codes: what of a dialled string lies behind a service's code.

    digits_after("*384*10#", "*384*10*1*500#")     "1*500"
    digits_after("*384*10#", "*384*10#")           ""
    digits_after("*384*10#", "*713#")              None

A shared code is one that several services are behind, as `*415*33#` is behind `*415#`. Some
gateways give the shared one as the code, and the rest of it as the first answer.
"""


def digits_after(code: str, dialled: str) -> str | None:
    """The digits dialled after the code, joined by stars; None where another code was dialled. Of
    the shared code alone there are none."""
    ours, theirs = code.strip("*#"), dialled.strip("*#")
    if theirs == ours or ours.startswith(f"{theirs}*"):
        return ""
    return theirs[len(ours) + 1 :] if theirs.startswith(f"{ours}*") else None


def behind_shared_code(code: str, shared: str, text: str) -> str | None:
    """The text so far without the rest of a service's code, which came as the first answer; None
    where the service is not behind that code, or the text does not begin so."""
    ours, theirs = code.strip("*#"), shared.strip("*#")
    if not theirs or not ours.startswith(f"{theirs}*"):
        return None
    rest = ours[len(theirs) + 1 :]
    if text == rest:
        return ""
    return text[len(rest) + 1 :] if text.startswith(f"{rest}*") else None
