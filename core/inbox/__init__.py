"""What people write on channels that have no session on the wire, and where each of them stands."""
