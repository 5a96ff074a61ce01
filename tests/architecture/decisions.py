"""Decision records: the form they all have, and the rows of their list in docs/decisions/README.md."""

import re
from pathlib import Path

from tests.architecture.source import ROOT

FOLDER = ROOT / "docs" / "decisions"
LIST = FOLDER / "README.md"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
_FORM = re.compile(
    r"# (?P<number>\d{4}) (?P<title>[^\n]+)\n\n(?P<date>\d{4}-\d\d-\d\d) · (?P<status>[^\n]+)\n\n.*^\*\*Revisit\*\* ",
    re.MULTILINE | re.DOTALL,
)


def row(record: Path) -> str:
    """The row of the list for `record`; raises `ValueError` where the record has not the form of a record."""
    found = _FORM.match(record.read_text(encoding="utf-8"))
    if not found or not record.name.startswith(f"{found['number']}-"):
        message = f"{record.name}: a record has a number, title, date, status and a paragraph **Revisit**"
        raise ValueError(message)
    return f"| [{found['number']}]({record.name}) | {found['title']} | {found['date']} | {found['status']} |"


def listed() -> list[str]:
    """The rows of the list as they are written."""
    return re.findall(r"^\| \[.*$", LIST.read_text(encoding="utf-8"), re.MULTILINE)
