"""Histories that nobody lived: those of a correct small office, and the same with one thing wrong."""
