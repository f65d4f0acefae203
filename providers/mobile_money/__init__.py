"""What the providers of mobile money have in common: one request and what a failed one proves,
tokens, amounts and numbers as they are read and written, and the frame of their fakes."""
