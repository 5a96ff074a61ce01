"""`pasum desk`: a desk at the entrance that works without a network and tells the server later."""

from pasum.desk.commands import app

__all__ = ["app"]
