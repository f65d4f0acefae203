"""Working what people write on channels without a session on the wire."""
