"""Documents of a meeting: what can be asked of them, and the rules."""
