"""M-Pesa in Kenya by Safaricom's Daraja: prompts, payouts, payments by hand. Wire: README.md."""

from zoneinfo import ZoneInfo

NAME = "mpesa_daraja"
CURRENCY = "KES"
CALLING_CODE = "254"
# Every time on this wire is Nairobi's, and says so nowhere.
ZONE = ZoneInfo("Africa/Nairobi")
TIME = "%Y%m%d%H%M%S"
