"""A migration only extends: the version before it works on, during an upgrade and after a rollback."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.guide import advice

ROOT = Path(__file__).parents[2]
FOLDERS = [*ROOT.glob("services/*/migrations/versions"), ROOT / "shared" / "migrations" / "versions"]
STEPS = {
    str(file.relative_to(ROOT)): file
    for folder in FOLDERS
    for file in sorted(folder.glob("*.py"))
    if file.name[:4] > "0001"
}
TAKES_AWAY = frozenset({"drop_column", "drop_table", "rename_table"})
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE)\b", re.IGNORECASE
)
BEFORE_ROLLING_UPGRADES = {  # they ran while every process was stopped; nothing may be added
    "shared/migrations/versions/0003_one_relay.py": ["drop_column"],
}


def findings(code: str) -> Iterator[str]:
    """What `upgrade` does that the version before cannot live with."""
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
                yield from _of_call(call)


def _of_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    given = {each.arg: each.value for each in call.keywords}
    if name in TAKES_AWAY:
        yield name
    elif name == "alter_column" and ({"new_column_name", "type_"} & given.keys() or _is_false(given.get("nullable"))):
        yield "alter_column"
    elif name == "add_column":
        column = {each.arg: each.value for part in call.args if isinstance(part, ast.Call) for each in part.keywords}
        if _is_false(column.get("nullable")) and "server_default" not in column:
            yield "add_column without a default"
    elif name == "execute" and (found := SQL.search(ast.unparse(call))):
        yield found[0]


def _is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_the_last_migration_has_the_highest_number(folder: Path) -> None:
    """A process compares the number in the database with the highest that it knows (`shared/schema`)."""
    texts = {file.name[:4]: file.read_text(encoding="utf-8") for file in folder.glob("[0-9]*_*.py")}
    followed = {
        number for text in texts.values() for number in re.findall(r'^down_revision.*"(\d{4})"', text, re.MULTILINE)
    }
    assert texts.keys() - followed == {max(texts)}, "give the newest migration the next number"


@pytest.mark.parametrize("path", STEPS)
def test_a_migration_takes_nothing_away(path: str) -> None:
    found = [*findings(STEPS[path].read_text(encoding="utf-8"))]
    assert found == BEFORE_ROLLING_UPGRADES.get(path, []), advice("migrations_extend")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('op.drop_column("meeting", "place")', ["drop_column"]),
        ('op.alter_column("meeting", "place", new_column_name="venue")', ["alter_column"]),
        ('op.alter_column("meeting", "place", nullable=False)', ["alter_column"]),
        ('op.alter_column("meeting", "place", nullable=True)', []),
        ('op.add_column("meeting", sa.Column("place", sa.Text(), nullable=False))', ["add_column without a default"]),
        ('op.add_column("meeting", sa.Column("n", sa.Integer(), server_default="0", nullable=False))', []),
        ('op.execute("ALTER TABLE meeting RENAME COLUMN place TO venue")', ["RENAME"]),
        ('op.execute("ALTER TABLE meeting DROP CONSTRAINT one_place")', []),
    ],
)
def test_what_the_version_before_cannot_live_with_is_found(statement: str, found: list[str]) -> None:
    assert [*findings(f"def upgrade():\n    {statement}\n\ndef downgrade():\n    op.drop_table('x')\n")] == found
