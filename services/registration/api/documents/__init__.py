"""The HTTP routes of the documents of a meeting."""
