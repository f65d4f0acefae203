"""The standard sentences: what every flow says alike. Short, so that the question still fits."""

from typing import Final

from menus.limits import NAME_CHARS_MAX
from menus.texts import Msg, Param, _

BACK: Final = _("Back")
HOME: Final = _("Home")
MORE: Final = _("More")
CALL_ME: Final = _("Call me")
# On the button that opens a list, where a list is opened.
CHOOSE: Final = _("Choose")
YES: Final = _("Yes")
NO: Final = _("No")

# Labels of what a confirmation shows.
AMOUNT: Final = _("Amount")
FEE: Final = _("Fee")
NO_FEE: Final = _("none")
ARRIVES: Final = _("Into wallet")
TOTAL: Final = _("Total")
NAME: Final = _("Name")

CHOOSE_LANGUAGE: Final = _("Choose your language")
ENTER_PIN: Final = _("Enter your PIN")
AGREE_BY_PIN: Final = _("Agree? Enter your PIN")
CHOOSE_PIN: Final = _("Choose a PIN of 4 to 6 digits")
PIN_AGAIN: Final = _("Type the same PIN again")

# Why an answer was not taken.
WRONG_OPTION: Final = _("Choose a number shown.")
TOO_LONG: Final = _("That is too long.")
WRONG_AMOUNT: Final = _("Type an amount in digits, like 5000.")
WHOLE_AMOUNT: Final = _("Whole amounts only, no decimals.")
WRONG_NUMBER: Final = _("Type a number in digits.")
WRONG_TRANSACTION_ID: Final = _("Type the ID as the message shows it, or 1.")
WRONG_PAPER_NUMBER: Final = _("Type the number as the paper shows it, 20 signs at most.")
WRONG_NAME: Final = _("Type a name of 2 to {most} letters.", most=NAME_CHARS_MAX)
OTHER_LETTERS: Final = _("Type the name in letters from A to Z.")
PLAIN_WORDS: Final = _("Type it in letters from A to Z and digits.")
WRONG_DATE: Final = _("Type day, month and year, like 24 12 2026.")
WHOLE_DATE: Final = _("Type the whole year too, like 24 12 2026.")
NO_SUCH_PLACE: Final = _("There is no such place. Say where it is in words.")
NOTHING_FOUND: Final = _("Nothing has that name. Type a part of it.")
WRONG_PHONE: Final = _("Type the whole phone number.")
WRONG_YEAR: Final = _("Type the whole year, like 1990.")
WRONG_NETWORK_CODE: Final = _("Type the code: 4 to 12 digits.")
WRONG_PIN_FORMAT: Final = _("A PIN has 4 to 6 digits.")
PIN_IN_A_ROW: Final = _("Easy to guess: digits in a row. Choose another.")
PIN_REPEATED: Final = _("Easy to guess: repeated digits. Choose another.")
PIN_POPULAR: Final = _("Easy to guess: many people use it. Choose another.")
PIN_IN_PHONE: Final = _("Easy to guess: it ends your phone number. Choose another.")
PIN_BIRTH_YEAR: Final = _("Easy to guess: your birth year. Choose another.")
PIN_YEAR: Final = _("Easy to guess: a year. Choose another.")
PINS_DIFFER: Final = _("The two PINs differ. Start again.")
PIN_UNCHANGED: Final = _("That is your PIN already. Choose another.")

# Where the person stands.
RESUMED: Final = _("Continuing where you stopped.")
RESUMED_OR_HOME: Final = _("Continuing where you stopped. Start again: 00")
MENU_CHANGED: Final = _("This menu has changed.")
CANCELLED: Final = _("Cancelled. Nothing was taken.")
NOT_NOW: Final = _("This cannot be done now. Nothing was taken.")
OUTCOME_BY_SMS: Final = _("If this went through, we will text you. Dial again to see.")
SESSION_ENDED: Final = _("This session has ended. Please dial again.")
TOO_MANY: Final = _("Too many are calling now. Please dial again in a minute.")
SERVICE_UNKNOWN: Final = _("This code is not in service.")
SERVICE_PAUSED: Final = _("This service is paused. Please try again later.")
# In a chat, where no PIN is typed.
NOT_IN_CHAT: Final = _("This cannot be done by message. Call our office.")


def finish_by_ussd(code: str) -> Msg:
    return _("Dial {code} to finish: it waits for you there. Never send your PIN.", code=code)


def no_more_today(code: str) -> Msg:
    return _("No more messages from here today. Dial {code} to go on.", code=code)


def only_by_ussd(code: str) -> Msg:
    return _("Dial {code} for this: it needs your PIN. Never send your PIN.", code=code)


def register_by_ussd(code: str) -> Msg:
    return _("Dial {code} to register first.", code=code)


def pin_by_ussd(code: str) -> Msg:
    """They are known, and have no PIN: not yet, or not any more."""
    return _("Dial {code} first to choose your PIN. Never send it.", code=code)


def register_or_link(code: str, dialled: str, secret: str) -> Msg:
    """Nobody is known in this chat. `dialled` leads to where its code is typed."""
    return _(
        "Dial {code} to register. Registered already? Dial {link} from your number within 10 min"
        " and type {secret}.",
        code=code,
        link=dialled,
        secret=secret,
    )


NOT_LINKED: Final = _("Nothing was linked.")


def pin_in_chat(code: str) -> Msg:
    """A PIN was sent: it is not kept, but who holds the phone may read it."""
    return _("Never send your PIN. Dial {code} and change it if others may see it.", code=code)


def did_you_mean(first: str, last: str) -> Msg:
    """Asks which option is meant; each comes with its key, `first` may be several."""
    return _("Did you mean {first} or {last}?", first=first, last=last)


OLD_CHOICE: Final = _("That button belongs to an earlier message.")
NOT_IN_WORDS: Final = _("We cannot read that here. Please write your answer.")
# Of a file that is kept, where an answer in words is asked for; and of one that nobody here hears.
GOT_PICTURE: Final = _("We got your picture. Now please write your answer.")
GOT_DOCUMENT: Final = _("We got your document. Now please write your answer.")
VOICE_NOTE: Final = _("We cannot listen to voice notes. Please write it.")
# Said later, when its bytes were looked at or could not be had.
FILE_NOT_TAKEN: Final = _("We could not take your file. Please send a smaller photo, or a PDF.")
GO_ON_WITHOUT: Final = _("Go on without it")
HELP_WORDS: Final = _("Write a word:")
STARTED: Final = _("You get our news again.")


def how_to_stop(menu: str, stop: str) -> Msg:
    """Said where a word that stops our news was an answer to what was asked."""
    return _("To get no more news, write {menu}, then {stop}.", menu=menu, stop=stop)


def stop_line(stop: str) -> Msg:
    return _("{stop} no more news", stop=stop)


def stopped(tenant: str, start: str) -> Msg:
    return _(
        "You get no more news from {tenant}. Codes and receipts still come. News again: {start}",
        tenant=tenant,
        start=start,
    )


OFFER_CALL_BACK: Final = _("Shall we call you?")
CALL_BACK_COMING: Final = _("We will call you. Thank you.")


def between(minimum: Param, maximum: Param) -> Msg:
    return _("Between {minimum} and {maximum}, please.", minimum=minimum, maximum=maximum)


def no_such_number(number: str) -> Msg:
    """Of a phone number that no plan has: it is shown as it was understood, to be looked at."""
    return _("There is no number {number}. Check it and type it again.", number=number)


def code_has(digits: int) -> Msg:
    return _("The code has {digits} digits.", digits=digits)


def at_least_letters(letters: int) -> Msg:
    return _("Type at least {letters} letters.", letters=letters)


def at_most_chars(chars: int) -> Msg:
    return _("Type at most {chars} letters and signs.", chars=chars)


def too_many(count: int) -> Msg:
    return _("{count} fit. Type more of the name.", count=count)


def office(phone: str) -> Msg:
    """Whom to call: the number that a tenant names, or "our office"."""
    return _("{phone}", phone=phone) if phone else _("our office")


def wrong_pin(tries_left: int, phone: str = "") -> Msg:
    """The last try comes with whom to call where it is forgotten: `office` of that phone."""
    if tries_left == 1:
        return _("Wrong PIN. Tries left: 1. Forgot it? Call {office}.", office=office(phone))
    return _("Wrong PIN. Tries left: {tries}.", tries=tries_left)
