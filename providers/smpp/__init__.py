"""SMPP 3.4: texts and USSD by a bind with a message centre."""

NAME = "smpp"
