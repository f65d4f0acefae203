"""Why a chat is not linked, or not taken out."""

from values.refusals import N_, BusinessError


class WrongLinkCode(BusinessError):
    code = "wrong_link_code"
    sentence = N_("No chat shows that code now. Tries left: {tries}.")
    ends = False


class TooManyLinkCodes(BusinessError):
    code = "too_many_link_codes"
    sentence = N_("Too many wrong codes. Try again in an hour.")


class LinkExpired(BusinessError):
    code = "link_expired"
    sentence = N_("That code has expired. Write to us in the chat for a new one.")


class ChatIsLinked(BusinessError):
    code = "chat_is_linked"
    sentence = N_("That chat is yours already.")


class LinkMustWait(BusinessError):
    """No address comes or goes while money waits for its person's word, or for an outcome."""

    code = "link_must_wait"
    sentence = N_("Money of yours is waiting. Link the chat when it is done.")


class ChatIsNotLinked(BusinessError):
    code = "chat_is_not_linked"
    sentence = N_("That chat is not yours any more.")


class UnlinkMustWait(BusinessError):
    """As LinkMustWait."""

    code = "unlink_must_wait"
    sentence = N_("Money of yours is waiting. Take the chat out when it is done.")
