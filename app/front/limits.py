"""How much a process's loop takes on."""

from typing import Final

# Callbacks that are worked at once. More wait, and above so many of those no more are taken.
AT_ONCE: Final = 64
WAITING_MAXIMUM: Final = 512
# Connections that were made and not taken yet, of all processes together.
BACKLOG: Final = 1_024
