"""`make check` runs all its parts, and says at the end what failed and what repairs it; `make format` goes on too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import check
from tests.architecture.guide import advice, explain
from tests.architecture.guide_of_tools import TOOLS
from tests.architecture.source import ROOT
from tests.check import Part

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RUFF = (sys.executable, "-m", "ruff")
GOOD = Part(target="check-good", repair="nothing")
BAD = Part(target="check-bad", repair="make format")
WORSE = Part(target="check-worse", repair="move the import")


def says(text: str, *, code: int) -> list[str]:
    """A command that prints `text` and ends with `code`."""
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"]


def test_the_parts_are_the_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^(check-[a-z]+):", MAKEFILE, flags=re.MULTILINE)) - {"check-house"}  # the old name
    assert sorted(part.target for part in check.PARTS) == sorted(targets)


def test_a_green_part_takes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.report({GOOD: says("a hundred files", code=0)}) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == ["ok", "check-good"]


def test_all_parts_run_and_the_repairs_stand_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    commands = {BAD: says("line 3", code=1), WORSE: says("line 4", code=2), GOOD: says("fine", code=0)}
    assert check.report(commands) == 1
    said = capsys.readouterr().out
    assert {line for line in said.splitlines() if line.startswith("line")} == {"line 3", "line 4"}
    *_, head, first, second = said.splitlines()
    assert head == "2 of 3 parts failed. What repairs them:"
    assert {first.strip(), second.strip()} == {
        "check-bad        make format",
        "check-worse      move the import",
    }


def test_what_a_tool_says_in_numbers_is_followed_by_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    cases = "\n".join(f"    if number == {case}:\n        return '{case}'" for case in range(7))
    planted = f'"""Numbers."""\n\n\ndef lead(number: int) -> str:\n    """Lead."""\n{cases}\n    return ""\n'
    lint = [*RUFF, "check", "--no-cache", "--stdin-filename", "shared/planted.py", "-"]
    found = subprocess.run(lint, cwd=ROOT, input=planted, capture_output=True, text=True, check=False).stdout
    assert "Too many return statements (8 > 6)" in found
    check.report({BAD: says(found, code=1)})
    assert advice("complexity") in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("contract", TOOLS["importlinter"]["contracts"], ids=lambda contract: contract["id"])
def test_a_broken_import_rule_is_followed_by_what_to_do(contract: dict[str, str]) -> None:
    first, _, last = contract["name"].rpartition(" ")
    assert explain(f"{first}\n{last} BROKEN\nOther KEPT\n") == [advice(contract["id"])]


def test_format_does_all_its_steps_also_when_each_of_them_fails(tmp_path: Path) -> None:
    for tool in ("ruff", "python"):
        script = tmp_path / tool
        script.write_text(f'#!/bin/sh\necho "{tool} $*" >> "{tmp_path}/asked"\nexit 1\n', encoding="utf-8")
        script.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "format", f"BIN={tmp_path}", f"RUN={tmp_path}/python"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode != 0
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == [
        "ruff check --fix .",
        "ruff format .",
        "python -m shared.contracts.schemas --write",
        "python -m services.notification.documents --write",
        "python -m tests.architecture.contributing",
    ]
