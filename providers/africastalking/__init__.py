"""Africa's Talking: USSD sessions and SMS. Wire facts and their sources are in README.md."""

NAME = "africastalking"
