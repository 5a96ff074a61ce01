"""The archive: what it keeps, what it proves, and what it refuses to believe."""
