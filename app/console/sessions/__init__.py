"""Sessions as the phone saw them."""
