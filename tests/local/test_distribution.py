"""The files that `pytest -n` starts first are there, and a file is never torn apart."""

import pytest

from tests import distribution
from tests.architecture.source import ROOT


def test_every_file_that_is_named_exists() -> None:
    groups = set(distribution.TOGETHER.values())
    named = [*distribution.TOGETHER, *(one for one in distribution.LONGEST if one not in groups)]
    assert [one for one in named if not (ROOT / one).is_file()] == []


def test_the_longest_come_first_and_the_others_keep_their_order(request: pytest.FixtureRequest) -> None:
    class Item(pytest.Item):
        def runtest(self) -> None: ...

    names = ("tests/a.py::one", "tests/a.py::two", "tests/b.py::one", f"{distribution.LONGEST[0]}::one")
    items: list[pytest.Item] = [Item.from_parent(request.session, name=name, nodeid=name) for name in names]
    distribution.sort(items)
    assert [item.nodeid for item in items] == [names[3], *names[:3]]


def test_files_that_share_a_system_are_one_group() -> None:
    names = ("tests/e2e/test_first_hour.py::one", "tests/e2e/test_replay.py::two", "tests/a.py::Three::four")
    assert [distribution.group_of(name) for name in names] == ["one system", "one system", "tests/a.py"]
