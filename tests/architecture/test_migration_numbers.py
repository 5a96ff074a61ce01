"""A process compares the greatest number of its migrations with that of the database: the last one must have it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [*sorted(ROOT.glob("services/*/migrations/versions")), ROOT / "shared/migrations/versions"]
BEFORE = re.compile(r'^down_revision: str \| None = "(\w+)"', re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.parts[-3]))
def test_the_last_migration_has_the_greatest_number(folder: Path) -> None:
    files = sorted(folder.glob("[0-9]*_*.py"))
    numbers = [file.name.partition("_")[0] for file in files]
    followed = {number for file in files for number in BEFORE.findall(file.read_text(encoding="utf-8"))}
    last = [number for number in numbers if number not in followed]
    assert last == numbers[-1:], "give the new migration (file and revision) a number after all others"
