"""Reads the list of messages that the providers had before a restore, as their own lists name them."""

from pathlib import Path
from uuid import UUID


def read_references(file: Path) -> frozenset[UUID]:
    """The references in `file`, one on each line: the key of an SMS, a Message-ID, or the id of a message of ours.

    Empty lines are skipped. Raises `OSError`, or `ValueError` with the number of the line that is no reference.
    """
    found = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        reference = line.strip().strip("<>").partition("@")[0]  # of a Message-ID, the message is before the @
        if reference:
            try:
                found.add(UUID(reference))
            except ValueError:
                message = f"{file.name}, line {number}: neither the key of an SMS nor a Message-ID of ours"
                raise ValueError(message) from None
    return frozenset(found)
