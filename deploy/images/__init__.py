"""Builds the images: the same bytes from the same commit, each with the list of what is in it."""
