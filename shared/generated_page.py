"""The command line of modules that generate a file: `--write` writes it, `--check` compares it with what is there."""

import sys
from pathlib import Path


def command_line(path: Path, text: str, *, repair: str) -> int:
    """Write `text` to `path`, or compare the two, as the arguments of the process say; returns the exit code.

    `repair` is the command that writes the file; it is printed on standard error if the file differs.
    """
    if sys.argv[1:] == ["--write"]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{path.name}: not as the code says; {repair}\n")
    return 1
