"""TruTeq, South Africa: USSD by SSMI, lines of text on a TCP connection of ours."""

from typing import Final

NAME: Final = "truteq"
PORT: Final = 40017
