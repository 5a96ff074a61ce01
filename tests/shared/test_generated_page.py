"""A file that code writes: written, as committed, or said to be otherwise."""

import sys
from pathlib import Path

import pytest

from shared.generated_page import command_line


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "reference" / "page.md"


def called(monkeypatch: pytest.MonkeyPatch, page: Path, argument: str, text: str) -> int:
    monkeypatch.setattr(sys, "argv", ["page", argument])
    return command_line(page, text, repair="make format")


def test_what_is_written_is_as_the_code_says(monkeypatch: pytest.MonkeyPatch, page: Path) -> None:
    assert [called(monkeypatch, page, argument, "ໜ້າ\n") for argument in ("--write", "--check")] == [0, 0]
    assert page.read_text(encoding="utf-8") == "ໜ້າ\n"


@pytest.mark.parametrize("committed", [None, "old"])
def test_what_is_not_as_the_code_says_is_told_with_what_repairs_it(
    monkeypatch: pytest.MonkeyPatch, page: Path, capsys: pytest.CaptureFixture[str], committed: str | None
) -> None:
    if committed is not None:
        called(monkeypatch, page, "--write", committed)
    assert called(monkeypatch, page, "--check", "new") == 1
    assert capsys.readouterr().err == "page.md: not as the code says; make format\n"
