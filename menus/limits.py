"""Every limit of this room, in one place."""

from typing import Final

# One USSD string is 160 octets: 182 septets or 80 UCS-2 units (3GPP TS 23.038 6.1.2.3). Networks
# cut earlier, so 160 and 70 are what a service gets unless it is known to carry more.
USSD_SEPTETS: Final = 160
USSD_SEPTETS_MAX: Final = 182
USSD_UCS2_UNITS: Final = 70
USSD_UCS2_UNITS_MAX: Final = 80

# Below these a page has no room left beside its Back, Home and More.
BUDGET_SEPTETS_MIN: Final = 60
BUDGET_UCS2_UNITS_MIN: Final = 60

# Of a notice that is shortened for a question's Yes and No, in septets: less of it says nothing.
NOTICE_MIN: Final = 16

# One SMS is 140 octets; a part of a longer one loses six to its header.
SMS_SEPTETS: Final = 160
SMS_PART_SEPTETS: Final = 153
SMS_UCS2_UNITS: Final = 70
SMS_PART_UCS2_UNITS: Final = 67
# A receipt in two parts is paid twice, and may be read without its second half.
RECEIPT_SEGMENTS_MAX: Final = 1

# A WhatsApp message, in UTF-16 units (`menus/titles.py` says why): text, and what can be tapped.
# Providers say 4,096 for the body above a list by now, and most of what speaks to them 1,024.
CHAT_TEXT_UNITS: Final = 4096
CHAT_BODY_UNITS: Final = 1024
CHAT_HEADER_UNITS: Final = 60
CHAT_FOOTER_UNITS: Final = 60
CHAT_BUTTONS: Final = 3
CHAT_BUTTON_UNITS: Final = 20
CHAT_ROWS: Final = 10
CHAT_ROW_UNITS: Final = 24
CHAT_ROW_MORE_UNITS: Final = 72
# What a screen may carry beside its words; a phone in the country pays for every byte of it.
ATTACHMENT_BYTES_MAX: Final = 500_000
CAPTION_UNITS: Final = 1024

KEY_MIN: Final = 1
KEY_MAX: Final = 97  # 98 is More

OPTIONS_PER_PAGE_MAX: Final = 9
OPTIONS_UNPAGED_MAX: Final = 9
PAGES_PER_SCREEN_MAX: Final = 5
TREE_DEPTH_MAX: Final = 5  # keys pressed to get anywhere
TREE_NODES_MAX: Final = 500

# Networks let a person type 80 to 90 characters; a text message may bring 160.
ANSWER_CHARS_MAX: Final = 182
NAME_LETTERS_MIN: Final = 2
NAME_CHARS_MAX: Final = 80
WORDS_LETTERS_MIN: Final = 2
WORDS_CHARS_MAX: Final = 80  # shown back on one page
SEARCH_LETTERS_MIN: Final = 2
FOUND_MAX: Final = 9
NAMES_KEPT_MAX: Final = 20_000  # as they are searched in
WHOLE_DIGITS_MAX: Final = 12
NETWORK_CODE_DIGITS_MAX: Final = 12
PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 6
CODE_DIGITS: Final = 6
