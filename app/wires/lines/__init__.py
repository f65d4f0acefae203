"""USSD on a connection that we make to a gateway or an operator."""
