"""The passwords of one local stack: made at first use, kept in a file only its owner can read."""

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any

_BYTES = 24


def write_private(path: Path, content: Any) -> None:
    """Write `content` as JSON so that readers see the old file or the new one, and only the owner reads either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    incoming.replace(path)


class Passwords:
    """One random password a name (`kafka/registration`, `postgres/minutes`); the same again when the file is there.

    Safe to use from several threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def of(self, name: str) -> str:
        """The password called `name`: URL-safe characters only, so that it needs no quoting in a DSN."""
        with self._lock:
            if name not in self._known:
                self._known[name] = secrets.token_urlsafe(_BYTES)
                write_private(self._path, self._known)
            return self._known[name]
