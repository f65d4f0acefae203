"""Every limit of the phone, in one place. Units last."""

from menus.limits import USSD_SEPTETS, USSD_UCS2_UNITS

# Columns of a small handset's screen.
SCREEN_COLUMNS = 24
SCREEN_SEPTETS = USSD_SEPTETS
SCREEN_UCS2_UNITS = USSD_UCS2_UNITS

# The gateway gives us ten seconds for a hop; past this its own process is what does not answer.
NETWORK_WITHIN_S = 15.0
# A file in base64, with what stands around it.
NETWORK_ANSWER_BYTES_MAXIMUM = 8_000_000
FILE_BYTES_MAXIMUM = 5 * 1024 * 1024
ANSWER_CHARS_MAXIMUM = 12_000

# How long one waits for the texts that follow a conversation, and between two looks.
TEXTS_WITHIN_S = 6.0
TEXTS_QUIET_S = 0.6
TEXTS_LOOK_EVERY_S = 0.15
# A reply in a chat is a message of its own, which a worker sends.
CHAT_REPLY_WITHIN_S = 15.0
# In a terminal somebody waits for the next prompt meanwhile.
TEXTS_SHOWN_WITHIN_S = 1.5
