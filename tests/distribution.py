"""Which test runs in which process of `pytest -n`: a file stays together, and the longest come first.

Each process has a Kafka and a PostgreSQL of its own, so that a test may kill what it stands on.
"""

from collections.abc import Sequence

import pytest

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


def distribute(items: list[pytest.Item]) -> None:
    """Name the group of each test and sort the groups: a long one that begins last would leave the others idle."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _rank(_group(item), LONGEST))


def _group(item: pytest.Item) -> str:
    file = item.nodeid.partition("::")[0]
    return TOGETHER.get(file, file)


def _rank(group: str, longest: Sequence[str]) -> int:
    return longest.index(group) if group in longest else len(longest)
