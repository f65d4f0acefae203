"""Osmocom: USSD of a GSM core of one's own, as an external USSD entity of osmo-hlr over GSUP."""

from typing import Final

NAME: Final = "osmocom"

# Where osmo-hlr listens.
GSUP_PORT = 4222
CTRL_PORT = 4259
