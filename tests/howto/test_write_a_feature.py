"""`docs/howto/write-a-feature.md` can be followed: each block fits where it says, and what it names passes."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.guide import advice
from tests.howto.apply import ALL_TESTS, PAGE, ROOT, copy_checkout, is_followed, run_commands, write_block, write_blocks
from tests.howto.blocks import MOST_FILES, Block, Commands, PageError, steps_of

TEXT = PAGE.read_text(encoding="utf-8")
FILES = {step.path for step in steps_of(TEXT) if isinstance(step, Block)}


@pytest.mark.timeout(600)
def test_the_page_can_be_followed(tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    copy_checkout(folder)
    if not is_followed(folder, TEXT):
        write_blocks(folder, TEXT)
    run_commands(folder, TEXT, leave_out={ALL_TESTS})


def test_the_page_lists_the_files_that_it_writes() -> None:
    listed = TEXT.rpartition("\n## ")[2]
    assert [path for path in sorted(FILES) if f"`{path}`" not in listed] == []
    assert len(FILES) <= MOST_FILES, advice("feature_files")


def test_the_page_ends_with_all_checks_and_tests() -> None:
    *_, last = (step.text for step in steps_of(TEXT) if isinstance(step, Commands))
    assert last.splitlines() == ["make check", ALL_TESTS]


def block(where: str, kind: str = "", anchor: str = "", *, text: str = "new\n", path: str = "a.py") -> Block:
    return Block(line=7, path=path, where=where, kind=kind, anchor=anchor, text=text)


OLD = """import os

A = 1


@final
class B:
    C = 1
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (block("after", "line", "A = 1"), OLD.replace("A = 1\n", "A = 1\nnew\n")),
        (block("before", "line", "A ="), OLD.replace("A = 1\n", "new\nA = 1\n")),
        (block("instead of", "line", "C = 1"), OLD.replace("    C = 1\n", "new\n")),
        (block("before", "class", "B"), OLD.replace("@final\n", "new\n\n\n@final\n")),
        (block("after", "class", "B"), OLD + "\n\nnew\n"),
        (block("instead of", "class", "B"), "import os\n\nA = 1\n\n\nnew\n"),
        (block("at the end of", text="import re\n\nD = re\n"), "import re\n" + OLD + "\n\nD = re\n"),
    ],
    ids=lambda value: f"{value.where} {value.kind}" if isinstance(value, Block) else "",
)
def test_a_block_is_written_where_it_says(place: Block, expected: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD, encoding="utf-8")
    write_block(tmp_path, place)
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (block("after", "line", "Z"), "line 7 (a.py, after the line `Z`): a.py has no line `Z`; correct the page"),
        (block("after", "class", "A"), "line 7 (a.py, after the class `A`): a.py has no class `A`; correct the page"),
        (block("new file"), "line 7 (a.py, new file): a.py exists already; correct the page"),
        (block("at the end of", path="b.py"), "line 7 (b.py, at the end of): b.py does not exist; correct the page"),
    ],
)
def test_a_block_that_does_not_fit_is_named(place: Block, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OLD, encoding="utf-8")
    with pytest.raises(PageError) as raised:
        write_block(tmp_path, place)
    assert str(raised.value) == message


def test_a_line_that_is_there_twice_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\nx\n", encoding="utf-8")
    with pytest.raises(PageError, match=r"a\.py has 2 lines `x`"):
        write_block(tmp_path, block("after", "line", "x"))


def test_a_block_without_a_place_is_a_mistake() -> None:
    with pytest.raises(PageError, match="line 3: the sentence before this block must end with one of"):
        list(steps_of("Here:\n\n```python\nx\n```\n"))


def test_a_command_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="line 1: `false` failed"):
        run_commands(tmp_path, "```sh\ntrue\nfalse\n```\n")


def test_the_copy_is_what_git_would_keep(tmp_path: Path) -> None:
    copy_checkout(tmp_path / "copy")
    assert not [name for name in (".git", ".local", ".hypothesis") if (tmp_path / "copy" / name).exists()]
    assert (tmp_path / "copy" / ".venv").samefile(ROOT / ".venv")
    assert shutil.which("python", path=str(tmp_path / "copy" / ".venv" / "bin"))
