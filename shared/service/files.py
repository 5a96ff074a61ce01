"""Reads files that settings name, such as keys: while one is missing or wrong, the process waits for it."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shared.observability.faults import Fault, Faulty

T = TypeVar("T")


def from_file(path: Path, read: Callable[[bytes], T]) -> T:
    """What `read` makes of the content of a file; raises `Faulty` if it cannot be read, or `read` refuses it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Faulty(Fault.FILE_MISSING, str(path)) from error
    try:
        return read(content)
    except (ValueError, TypeError, ssl.SSLError) as error:
        raise Faulty(Fault.FILE_INVALID, str(path)) from error
