"""The page about OWASP ASVS 5.0: each requirement of levels 1 and 2 has a line, and what a line names exists."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "architecture" / "asvs.md").read_text(encoding="utf-8")
STATES: Final = {"yes", "partly", "not yet", "outside", "none"}
LINES: Final = re.findall(r"^\| V([0-9.]+) \| ([12]) \| (.+?) \| ([a-z ]+) \| (.+) \|$", PAGE, re.MULTILINE)
SECTIONS: Final = {  # section of ASVS 5.0.0: how many requirements of level 1 and of level 2 it has
    "1.1": (0, 2),
    "1.2": (5, 4),
    "1.3": (2, 9),
    "1.4": (0, 3),
    "1.5": (1, 1),
    "2.1": (1, 2),
    "2.2": (2, 1),
    "2.3": (1, 3),
    "2.4": (0, 1),
    "3.2": (2, 0),
    "3.3": (1, 3),
    "3.4": (2, 4),
    "3.5": (3, 2),
    "3.7": (0, 2),
    "4.1": (1, 2),
    "4.2": (0, 1),
    "4.3": (0, 2),
    "4.4": (1, 3),
    "5.1": (0, 1),
    "5.2": (2, 1),
    "5.3": (2, 0),
    "5.4": (0, 3),
    "6.1": (1, 2),
    "6.2": (8, 4),
    "6.3": (2, 2),
    "6.4": (2, 2),
    "6.5": (0, 5),
    "6.6": (0, 3),
    "6.8": (0, 4),
    "7.1": (0, 3),
    "7.2": (4, 0),
    "7.3": (0, 2),
    "7.4": (2, 3),
    "7.5": (0, 2),
    "7.6": (0, 2),
    "8.1": (1, 1),
    "8.2": (2, 1),
    "8.3": (1, 0),
    "8.4": (0, 1),
    "9.1": (3, 0),
    "9.2": (1, 3),
    "10.1": (0, 2),
    "10.2": (0, 2),
    "10.3": (0, 4),
    "10.4": (5, 6),
    "10.5": (0, 5),
    "10.6": (0, 2),
    "10.7": (0, 3),
    "11.1": (0, 2),
    "11.2": (0, 3),
    "11.3": (2, 1),
    "11.4": (1, 3),
    "11.5": (0, 1),
    "11.6": (0, 1),
    "12.1": (1, 2),
    "12.2": (2, 0),
    "12.3": (0, 4),
    "13.1": (0, 1),
    "13.2": (0, 5),
    "13.3": (0, 2),
    "13.4": (1, 4),
    "14.1": (0, 2),
    "14.2": (1, 3),
    "14.3": (1, 2),
    "15.1": (1, 2),
    "15.2": (1, 2),
    "15.3": (1, 6),
    "16.1": (0, 1),
    "16.2": (0, 5),
    "16.3": (0, 4),
    "16.4": (0, 3),
    "16.5": (0, 3),
    "17.1": (0, 1),
    "17.2": (0, 4),
    "17.3": (0, 2),
}


def functions(path: Path) -> set[str]:
    """The names of a module's functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_requirement_has_one_line() -> None:
    found = Counter((number.rpartition(".")[0], int(level)) for number, level, *_ in LINES)
    asked = {(section, level): counts[level - 1] for section, counts in SECTIONS.items() for level in (1, 2)}
    assert dict(found) == {one: count for one, count in asked.items() if count}
    assert len({number for number, *_ in LINES}) == len(LINES) == PAGE.count("\n| V")
    assert {state for *_, state, _ in LINES} <= STATES


def test_what_a_line_names_exists() -> None:
    missing = []
    for name in {name for *_, why in LINES for name in re.findall(r"`([^`]+)`", why)}:
        path, _, function = name.partition("::")
        if "/" not in path or path.startswith("/"):
            continue
        there = ROOT / path
        if not there.exists() or (function and function not in functions(there)):
            missing.append(name)
    assert missing == []


def test_whoever_says_yes_says_why() -> None:
    assert [number for number, _, _, state, why in LINES if state in {"yes", "partly"} and len(why) < 4] == []


def test_the_figures_are_those_of_the_lines() -> None:
    counts = Counter((level, state) for _, level, _, state, _ in LINES)
    for level in "12":
        figures = [counts[level, state] for state in ("yes", "partly", "not yet", "outside", "none")]
        assert f"| level {level} | {' | '.join(map(str, figures))} |" in PAGE
