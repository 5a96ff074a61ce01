"""Which test runs in which process of `pytest -n`: a file stays together, and the longest come first.

Each process has a Kafka and a PostgreSQL of its own, so that a test may kill what it stands on.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {"tests/e2e/test_first_hour.py": "one system", "tests/e2e/test_replay.py": "one system"}
"""Files that share what takes long to start."""

LONGEST = (  # all others take less than half a minute
    "tests/chaos/test_chaos.py",
    "tests/e2e/test_demo.py",
    "one system",
    "tests/registration/test_openapi.py",
    "tests/local/test_servers.py",
    "tests/chaos/test_inspection.py",
    "tests/hostile/test_registration.py",
)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # -- xdist ships no types
    """Gives the next group to whichever process has nothing left, in the order of `sort`."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """What runs in one process: the file of a test, or the files that go with it."""
    file = nodeid.partition("::")[0]
    return TOGETHER.get(file, file)


def sort(items: list[pytest.Item]) -> None:
    """The longest groups first: one that begins last would leave the other processes idle."""
    items.sort(key=lambda item: _rank(group_of(item.nodeid)))


def _rank(group: str) -> int:
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)
