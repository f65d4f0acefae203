"""Integrat, South Africa: USSD events in XML, whose screens are requests of ours."""

from typing import Final

NAME: Final = "integrat"
