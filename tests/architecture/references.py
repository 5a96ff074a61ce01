"""What documents refer to (links, files, `make` targets, `pasum` commands, modules), and what of it does not exist."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from typer.main import get_command

from pasum.main import app
from tests.architecture.documents import CODE
from tests.architecture.source import PACKAGES, ROOT

NOT_NOW = (  # these pages may name what is no longer there, or not there yet
    "CHANGELOG.md",
    "docs/reports/",
    "docs/decisions/0031-names-of-the-field.md",
    "docs/howto/write-a-feature.md",
)
PARTS = ("What you notice.", "How to see it.", "What to do.", "How to know it is over.")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_FILE = re.compile(r"(?<![\w./<>*-])(?:[\w.<>*-]+/)*[\w.<>*-]+\.py\b")
_PATH = re.compile(rf"(?<![\w./<>*-])(?:{'|'.join((*PACKAGES, 'docs'))})/[\w./<>*-]*[\w/*>]")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
_MODULE = re.compile(r"\bpython -m ([\w.]+)")
_COMMAND = re.compile(r"\bpasum ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?")


def broken(page: str, text: str) -> Iterator[str]:
    """Everything that the text of `page` refers to and that does not exist."""
    if not page.startswith(NOT_NOW):
        yield from _broken_links(page, text)
        code = "\n".join(re.sub(r"\s+", " ", span) if span[:3] != "```" else span for span in CODE.findall(text))
        yield from (path for path in _FILE.findall(code) if not _file_exists(path))
        yield from (path for path in _PATH.findall(code) if not list(ROOT.glob(_pattern(path))))
        yield from (f"make {target}" for target in _TARGET.findall(code) if target not in _targets())
        yield from (f"python -m {module}" for module in _MODULE.findall(code) if not _module_exists(module))
        yield from (f"pasum {name} {sub}".strip() for name, sub in _COMMAND.findall(code) if not _is_command(name, sub))


def missing_parts(runbook: str) -> Iterator[str]:
    """The sections of a runbook that have not the four parts of a runbook in their order."""
    for section in re.split(r"^## ", runbook, flags=re.MULTILINE)[1:]:
        found = [part for part in re.findall(r"^\*\*([^*]+)\*\*", section, re.MULTILINE) if part in PARTS]
        if found != list(PARTS):
            yield section.partition("\n")[0]


@cache
def anchors(page: Path) -> frozenset[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings)


def _broken_links(page: str, text: str) -> Iterator[str]:
    for target, anchor in _LINK.findall(CODE.sub("", text)):
        file = (ROOT / page).parent / target if target else ROOT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"{target}#{anchor}" if anchor else target


def _pattern(path: str) -> str:
    """`path` as a glob: `<service>` stands for any name."""
    return re.sub(r"<[^>]+>", "*", path).rstrip("/")


@cache
def _files() -> tuple[str, ...]:
    return tuple(file.relative_to(ROOT).as_posix() for folder in PACKAGES for file in (ROOT / folder).rglob("*.py"))


def _file_exists(path: str) -> bool:
    """Whether a Python file has this path or ends with it: `domain/minutes.py` is somewhere below `services/`."""
    return any(fnmatch(f"/{file}", f"*/{_pattern(path)}") for file in _files())


@cache
def _targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@cache
def _module_exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _is_command(name: str, sub: str) -> bool:
    commands = getattr(get_command(app), "commands", {})
    subcommands = getattr(commands.get(name), "commands", None)
    return name in commands and (not subcommands or not sub or sub in subcommands)


def runbooks() -> list[PurePosixPath]:
    """The pages of runbooks; the list of them is not one."""
    pages = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
    return [PurePosixPath(page.relative_to(ROOT)) for page in pages if page.name != "README.md"]
