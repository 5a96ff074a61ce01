"""Follows `docs/howto/write-a-feature.md` in a copy of the checkout: writes its blocks, runs its commands.

python -m tests.howto.apply write FOLDER     the page's files in FOLDER, a new copy of the checkout, to look at
python -m tests.howto.apply check            in a temporary copy: the files, the commands, `make check`, `make test`
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.howto.blocks import Block, Commands, PageError, steps_of

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "howto" / "write-a-feature.md"
ALL_TESTS: Final = "make test"
"""The command of the page that takes minutes."""


def copy_checkout(folder: Path) -> None:
    """Copy what git would keep to `folder`, which must not exist; the environment is shared with this checkout."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", *(name.rstrip("/") for name in ignored)))
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", folder / ".mypy_cache")
    for name in (".venv", ".uv"):  # the second is there only where no uv is on the PATH
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    for name in ("pyproject.toml", "uv.lock"):  # older than the environment, so that `make` leaves that as it is
        os.utime(folder / name, (0, 0))


def write_blocks(folder: Path, page: str) -> list[str]:
    """Write every block of `page` into the checkout at `folder`; returns the files. Raises `PageError`."""
    blocks = [step for step in steps_of(page) if isinstance(step, Block)]
    for block in blocks:
        write_block(folder, block)
    return list(dict.fromkeys(block.path for block in blocks))


def is_followed(folder: Path, page: str) -> bool:
    """Whether somebody has followed `page` in the checkout at `folder`: then there is nothing to write."""
    new = [step.path for step in steps_of(page) if isinstance(step, Block) and step.where == "new file"]
    return all((folder / path).exists() for path in new)


def write_block(folder: Path, block: Block) -> None:
    """Write one block; a `PageError` names it where it does not fit."""
    file = folder / block.path
    new = block.where == "new file"
    if file.exists() is new:
        raise _error(block, "exists already" if new else "does not exist")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text if new else _changed(file.read_text(encoding="utf-8"), block), encoding="utf-8")


def run_commands(folder: Path, page: str, *, leave_out: Iterable[str] = ()) -> None:
    """Run the commands of `page` at `folder`, but for those to leave out; a `PageError` tells which one failed."""
    for step in steps_of(page):
        if isinstance(step, Commands):
            for command in filter(None, step.text.splitlines()):
                if command not in leave_out:
                    _run(folder, command, step.line)


def _run(folder: Path, command: str, line: int) -> None:
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607 -- the bash of whoever reads the page
    if done.returncode:
        raise PageError(f"line {line}: `{command}` failed:\n{done.stdout[-8_000:]}\n{done.stderr[-4_000:]}")


def _changed(old: str, block: Block) -> str:
    """The text of a file with the block in it; import lines at the block's head join the imports of the file."""
    imports, text = _split(block) if block.path.endswith(".py") else ("", block.text)
    lines = old.splitlines(keepends=True)
    first, last = _range(old, block)
    blank = "\n\n" if block.kind in {"class", "function"} or block.where == "at the end of" else ""
    blank = blank if block.path.endswith(".py") else ""
    match block.where:
        case "before":
            lines[first:first] = [text, blank]
        case "instead of":
            lines[first:last] = [text]
        case _:
            lines[last:last] = [blank, text]
    if imports:
        at = next(node.lineno for node in ast.parse(old).body if isinstance(node, ast.Import | ast.ImportFrom)) - 1
        lines.insert(at, imports)
    return "".join(lines)


def _split(block: Block) -> tuple[str, str]:
    """Import lines at the head of a Python block, and the rest."""
    lines = block.text.splitlines(keepends=True)
    count = next((at for at, line in enumerate(lines) if not line.startswith(("from ", "import ", "\n"))), 0)
    return "".join(lines[:count]).rstrip("\n") + "\n" * bool(count), "".join(lines[count:])


def _range(old: str, block: Block) -> tuple[int, int]:
    """The first line of what the block refers to, and the line after it, counted from 0."""
    if block.where == "at the end of":
        return (len(old.splitlines()),) * 2
    found = _lines_like(old, block.anchor) if block.kind == "line" else _definitions(old, block)
    if len(found) != 1:
        raise _error(block, f"has {len(found) or 'no'} {block.kind}{'s' * (len(found) > 1)} `{block.anchor}`")
    return found[0]


def _lines_like(old: str, anchor: str) -> list[tuple[int, int]]:
    """The lines that are this text, else those that begin with it; spaces before it do not count."""
    lines = [line.strip() for line in old.splitlines()]
    equal = [(at, at + 1) for at, line in enumerate(lines) if line == anchor]
    return equal or [(at, at + 1) for at, line in enumerate(lines) if line.startswith(anchor)]


def _definitions(old: str, block: Block) -> list[tuple[int, int]]:
    """The classes or functions of this name, with their decorators."""
    return [
        (min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1, node.end_lineno or node.lineno)
        for node in ast.parse(old).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == block.anchor
    ]


def _error(block: Block, what: str) -> PageError:
    place = f"{block.where} the {block.kind} `{block.anchor}`" if block.anchor else block.where
    return PageError(f"line {block.line} ({block.path}, {place}): {block.path} {what}; correct the page")


def main() -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("write").add_argument("folder", type=Path)
    commands.add_parser("check")
    given = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    try:
        match given.command:
            case "write":
                copy_checkout(given.folder)
                print(*write_blocks(given.folder, page), sep="\n")
            case "check":
                _check(page)
            case _:
                parser.print_help()
    except PageError as error:
        sys.stderr.write(f"{PAGE.relative_to(ROOT)}: {error}\n")
        return 1
    return 0


def _check(page: str) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "checkout"
        copy_checkout(folder)
        print(*write_blocks(folder, page), sep="\n")
        run_commands(folder, page)


if __name__ == "__main__":
    sys.exit(main())
