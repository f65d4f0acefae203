"""Trade credit: who may buy now and pay later, how much, and how it is paid back."""
