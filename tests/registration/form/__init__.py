"""The form of a meeting: what it may be, what may be answered, where answers go and come from."""
