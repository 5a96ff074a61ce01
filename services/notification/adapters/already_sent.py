"""Reads the list of messages that the providers had before a restore, as their own lists name them."""

from pathlib import Path
from uuid import UUID

from shared.observability.faults import Fault, Faulty


def read_references(file: Path) -> frozenset[UUID]:
    """The references in `file`, one on each line: the key of an SMS, a Message-ID, or the id of a message of ours.

    Empty lines are skipped. Raises `Faulty` if it cannot be read, with the number of a line that is no reference.
    """
    found = set()
    for number, line in enumerate(_text(file).splitlines(), 1):
        reference = line.strip().strip("<>").partition("@")[0]  # of a Message-ID, the message is before the @
        if reference:
            try:
                found.add(UUID(reference))
            except ValueError:
                message = f"{file}, line {number}: neither the key of an SMS nor a Message-ID of ours"
                raise Faulty(Fault.FILE_INVALID, message) from None
    return frozenset(found)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Faulty(Fault.FILE_MISSING, str(file)) from error
    except UnicodeDecodeError as error:
        raise Faulty(Fault.FILE_INVALID, f"{file} is no text in UTF-8") from error
