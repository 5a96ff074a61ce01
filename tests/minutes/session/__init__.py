"""The session item by item, as minutes tell it."""
