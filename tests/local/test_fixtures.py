"""The fixtures of all other tests keep what they promise."""

from collections.abc import Callable

import asyncpg
import pytest

from deploy.local.ports import free_port
from tests.conftest import FreshDatabase
from tests.stack import Databases, NoDockerEngine, Servers, started_servers


async def test_every_database_is_empty_and_its_owner_can_make_tables(dsn: str, fresh_database: FreshDatabase) -> None:
    for each in (dsn, await fresh_database()):
        connection = await asyncpg.connect(each)
        await connection.execute("CREATE TABLE meeting (title text); CREATE EXTENSION pg_trgm")
        assert await connection.fetchval("SELECT cardinality(show_trgm('ກອງ')) > 0")
        await connection.close()


async def test_a_template_is_migrated_once_and_copied(databases: Databases, fresh_database: FreshDatabase) -> None:
    calls: list[str] = []
    for _ in range(2):
        template = await databases.template("test_fixtures", calls.append)
    connection = await asyncpg.connect(template)
    await connection.execute("CREATE TABLE meeting AS SELECT 'ປະຊຸມ' AS title")
    await connection.close()
    copy = await asyncpg.connect(await fresh_database(template))
    assert (len(calls), await copy.fetchval("SELECT title FROM meeting")) == (1, "ປະຊຸມ")
    await copy.close()


def test_a_topic_has_a_name_of_its_own(stack: Servers, create_topic: Callable[..., str]) -> None:
    one, two = create_topic(partitions=3), create_topic()
    topics = stack.admin().list_topics(timeout=5).topics
    assert (len(topics[one].partitions), len(topics[two].partitions)) == (3, 1)


def test_without_a_docker_engine_containers_fail_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASUM_TEST_STACK", "containers")
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(NoDockerEngine, match="no Docker engine answers"), started_servers():
        pass


def test_a_stack_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASUM_TEST_STACK", "podman")
    with pytest.raises(ValueError, match="podman"):
        started_servers()
