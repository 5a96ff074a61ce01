"""One running system for all tests that look at what was done with it; first a newcomer has used it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.system import System
from tests.e2e.first_hour import FirstHour, follow_page
from tests.e2e.spans import Collector, collector


@pytest.fixture(scope="package")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the environment and the data where a checkout has them."""
    folder = tmp_path_factory.mktemp("checkout")
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o711)  # PostgreSQL's own user may enter
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.fixture(scope="package")
def traces() -> Iterator[Collector]:
    """Where all processes of the system send their spans."""
    with collector() as opened, pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", opened.url)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")  # milliseconds
        yield opened


@pytest.fixture(scope="package")
def system(checkout: Path, traces: Collector) -> Iterator[System]:  # noqa: ARG001 -- set up before the processes start
    """What `make run ARGS=--fresh` starts."""
    local = checkout / ".local"
    with System(local / "run", fresh=True, address_file=local / "stack.json") as started:
        started.start()
        yield started


@pytest.fixture(scope="package")
def first_hour(system: System, checkout: Path) -> FirstHour:
    """The page of the first hour, followed."""
    return follow_page(system, checkout)
