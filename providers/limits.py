"""Every limit of this room, in one place. Units last."""

# What a callback may carry. GSM lets a person type 182 characters at most, and a session of three
# minutes has room for about twenty screens: the whole text so far stays under TEXT_MAX_CHARS.
BODY_MAX_BYTES = 64 * 1024
FIELDS_MAX = 64
TEXT_MAX_CHARS = 4_096
SESSION_ID_MAX_CHARS = 128
SERVICE_CODE_MAX_CHARS = 182
NETWORK_MAX_CHARS = 16
PHONE_MIN_DIGITS = 9
PHONE_MAX_DIGITS = 15
EVENT_ID_MAX_CHARS = 128
SENDER_MAX_CHARS = 32
NOTE_MAX_CHARS = 120

# What we send. Ten segments of 153 septets, and a little.
SMS_TEXT_MAX_CHARS = 1_600
CONNECT_TIMEOUT_S = 3.05
READ_TIMEOUT_S = 9.05
ANSWER_MAX_BYTES = 256 * 1024

# What the fakes keep in memory and wait for.
FAKE_SESSIONS_MAX = 20_000
FAKE_EXCHANGES_MAX = 500
FAKE_COPIES_MAX = 64
FAKE_DELAY_MAX_S = 60.0

# Payments. A provider of mobile money answers late, and a late answer is better than none.
PAYMENT_READ_TIMEOUT_S = 30.0
RATE_READ_TIMEOUT_S = 30.0
TOKEN_READ_TIMEOUT_S = 15.0
