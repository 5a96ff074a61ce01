"""The passwords of one local stack: created at first use, stored in a file that only its owner can read."""

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any

_BYTES = 24


def write_private(path: Path, content: Any) -> None:
    """Write `content` as JSON atomically, into a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    incoming.replace(path)


class Passwords:
    """One random password for each name (`kafka/registration`, `postgres/minutes`), kept in a file.

    Safe to use from several threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def of(self, name: str) -> str:
        """The password with this name; it has only URL-safe characters, so that it needs no quoting in a DSN."""
        with self._lock:
            if name not in self._known:
                self._known[name] = secrets.token_urlsafe(_BYTES)
                write_private(self._path, self._known)
            return self._known[name]
