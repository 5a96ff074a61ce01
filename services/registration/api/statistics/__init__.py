"""The figures of a meeting and their stream of changes."""
