"""Twilio: texts, and chats on WhatsApp. Wire facts and their sources are in README.md."""

NAME = "twilio"
