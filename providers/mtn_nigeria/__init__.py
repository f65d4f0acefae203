"""MTN Nigeria's own line: XML documents in frames on a TCP connection of ours."""

from typing import Final

NAME: Final = "mtn_nigeria"
