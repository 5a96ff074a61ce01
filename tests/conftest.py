"""Fixtures every test may ask for; Kafka and PostgreSQL start when the first test does."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from typing import Any, Protocol

import pytest

from shared.settings import KafkaSettings
from tests import distribution
from tests.counterparts import NOT_HAD, s3
from tests.stack import Broker, Databases, Servers, started_servers


class FreshDatabase(Protocol):
    """`await fresh_database(template)`: the DSN of a new database, dropped after the test."""

    def __call__(self, template: str | None = None) -> Awaitable[str]:
        """Return the owner's DSN; `template` is the DSN of the database to copy, empty without one."""
        ...


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that is set below."""
    config.addinivalue_line("markers", "stack: needs Kafka and PostgreSQL (set by itself)")
    if hasattr(config, "workerinput"):
        os.environ.pop("COLUMNS", None)  # a worker is given the width of a terminal that it does not have


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs the stack, so that `-m 'not stack'` is the quick half; spread the files over the processes."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
    if hasattr(config, "workerinput"):
        distribution.sort(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> distribution.ByFile:
    """How `-n` spreads the tests."""
    config.option.loadscopereorder = False  # xdist would begin with the files that have most tests
    return distribution.ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested because a program of others was not to be had: a skip alone is easily overlooked."""
    reasons = [
        each.longrepr[2] for each in terminalreporter.stats.get("skipped", ()) if isinstance(each.longrepr, tuple)
    ]
    if missing := Counter(each for each in reasons if NOT_HAD in each):
        terminalreporter.section("NOT TESTED ON THIS MACHINE", red=True, bold=True)
        for reason, tests in sorted(missing.items()):
            terminalreporter.line(f"{tests} tests: {reason.removeprefix('Skipped: ')}", red=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Servers]:
    """Kafka and PostgreSQL, started once; stopped after the last test."""
    with started_servers() as started:
        yield started


@pytest.fixture(scope="session")
def kafka(stack: Servers) -> KafkaSettings:
    """How the superuser reaches Kafka."""
    return stack.kafka


@pytest.fixture(scope="session")
def broker(stack: Servers) -> Broker:
    """Kafka itself, to be killed and started again."""
    if stack.broker is None:
        pytest.fail("KAFKA_BOOTSTRAP_SERVERS names a Kafka of somebody else's, and this test would have to kill it")
    return stack.broker


@pytest.fixture(scope="session")
def create_topic(stack: Servers) -> Callable[..., str]:
    """`create_topic(name=None, *, partitions=1, config=None)`: a new topic's name."""
    return stack.create_topic


@pytest.fixture(scope="session")
def databases(stack: Servers) -> Iterator[Databases]:
    """Databases that a module or a session keeps: `template(name, migrate)` for migrated ones."""
    with closing(Databases(stack.admin_dsn)) as made:
        yield made


@pytest.fixture
async def fresh_database(databases: Databases) -> AsyncIterator[FreshDatabase]:
    """New databases for one test."""
    made: list[str] = []

    async def fresh(template: str | None = None) -> str:
        made.append(await databases.fresh(template))
        return made[-1]

    yield fresh
    for dsn in made:
        await databases.drop(dsn)


@pytest.fixture
async def dsn(fresh_database: FreshDatabase) -> str:
    """The DSN of an empty database of this test's own."""
    return await fresh_database()


@pytest.fixture(scope="session")
def versitygw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3Server]:
    """An S3 server, started once."""
    with s3.versitygw(tmp_path_factory.mktemp("versitygw")) as server:
        yield server


@pytest.fixture(scope="session")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.S3Server]:
    """Another one, started once."""
    with s3.minio(tmp_path_factory.mktemp("minio")) as server:
        yield server
