"""Osmocom: USSD of a GSM core of one's own, as an external USSD entity of osmo-hlr over GSUP."""

from typing import Final

NAME: Final = "osmocom"
