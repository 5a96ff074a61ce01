"""The session item by item, as registration records it."""
