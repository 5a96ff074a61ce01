"""The command line of a file that code writes: `--write` writes it, `--check` says whether it is as committed."""

import sys
from pathlib import Path


def command_line(path: Path, text: str, *, repair: str) -> int:
    """Do what the arguments of the process say with `text`, as it must stand in `path`; returns the exit code.

    `repair` is the command that writes the file: it is told, on standard error, where the file is not as generated.
    """
    if sys.argv[1:] == ["--write"]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{path.name}: not as the code says; {repair}\n")
    return 1
