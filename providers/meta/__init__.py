"""Meta's WhatsApp Cloud API: chats. Wire facts and their sources are in README.md."""

NAME = "meta"
