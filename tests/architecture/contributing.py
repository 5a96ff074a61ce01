"""The table of all rules and limits in CONTRIBUTING.md, written from what the checks say.

python -m tests.architecture.contributing        writes it; `make format` does so too

"""

import re
import sys
from collections.abc import Iterator

from tests.architecture.guide import PARTS
from tests.architecture.guide_of_tools import Rule
from tests.architecture.source import ROOT

FILE = ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- written by `make format` from tests/architecture/guide.py: change it there -->\n"
END = "<!-- end of the table -->\n"
_TABLE = re.compile(f"(?<={re.escape(BEGIN)}).*(?={re.escape(END)})", re.DOTALL)


def table() -> str:
    """Markdown."""
    return "\n".join(("", *_lines(), "", ""))


def written(page: str) -> str:
    """The page with the table as it should be; raises ValueError where the page has no place for it."""
    if not _TABLE.search(page):
        raise ValueError(f"CONTRIBUTING.md has lost the lines between which its table stands: {BEGIN!r} and {END!r}")
    return _TABLE.sub(lambda _: table(), page)


def _lines() -> Iterator[str]:
    yield "| rule | what it asks | what to do when it fails | checked by |"
    yield "|---|---|---|---|"
    for target, rules in PARTS.items():
        yield from (_row(name, rule, target) for name, rule in rules.items())


def _row(name: str, rule: Rule, target: str) -> str:
    return f"| `{name}` | {rule.asks} | {rule.repair.rstrip('.')}. | `make {target}` |"


def main() -> int:
    """Write the table; the exit code."""
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
