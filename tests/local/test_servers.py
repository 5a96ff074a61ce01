"""Kafka and PostgreSQL come back from a kill with everything they had confirmed."""

import os
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from confluent_kafka.admin import NewTopic

from deploy.local import packages
from deploy.local.kafka import ADMIN, MECHANISM, PROTOCOL, Kafka
from deploy.local.postgres import Postgres
from deploy.local.processes import DidNotStart, Processes
from deploy.local.stack import Stack
from deploy.local.topology import Topology
from tests.stack import on_packages

TOPIC = "eoffice.test.kept.v1"
KILLED = """
import os, signal, sys
from pathlib import Path
from deploy.local.stack import Stack
with Stack(Path(sys.argv[1]), topics_file=Path(sys.argv[1], "none")) as stack:
    stack.postgres.create_database("kept", owner="kept", password="kept")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """A supervisor of the test's own."""
    with Processes(tmp_path) as started:
        yield started


def client(kafka: Kafka) -> dict[str, str]:
    """The superuser's settings for aiokafka."""
    return {
        "bootstrap_servers": kafka.bootstrap,
        "security_protocol": PROTOCOL,
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": ADMIN,
        "sasl_plain_password": kafka.password,
    }


async def send(kafka: Kafka, value: bytes) -> None:
    """One record, confirmed by all in-sync replicas."""
    producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **client(kafka))
    try:
        await producer.start()
        await producer.send_and_wait(TOPIC, value, partition=0)
    finally:
        await producer.stop()


async def read(kafka: Kafka) -> list[bytes | None]:
    """All records of the topic."""
    consumer = AIOKafkaConsumer(auto_offset_reset="earliest", **client(kafka))
    partition = TopicPartition(TOPIC, 0)
    try:
        await consumer.start()
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        return [(await consumer.getone()).value for _ in range(end)]
    finally:
        await consumer.stop()


def run_and_be_killed(folder: Path) -> int:
    """A stack whose process kills itself as soon as it is up; the answer is how it ended."""
    return subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False).returncode


def create_topic(kafka: Kafka) -> None:
    """The topic the tests write to, on as many brokers as there are."""
    admin = kafka.admin()
    admin.create_topics([NewTopic(TOPIC, 1, kafka.replicas)], operation_timeout=20)[TOPIC].result(20)


async def test_a_killed_broker_comes_back_at_its_address_with_its_records(processes: Processes, tmp_path: Path) -> None:
    kafka = Kafka(processes, tmp_path / "kafka", password=secrets.token_urlsafe())
    kafka.start()
    before = kafka.bootstrap
    create_topic(kafka)
    await send(kafka, b"first")
    kafka.kill()
    kafka.start()
    await send(kafka, b"second")
    assert (kafka.bootstrap, await read(kafka)) == (before, [b"first", b"second"])


async def test_three_brokers_go_on_without_one(processes: Processes, tmp_path: Path) -> None:
    kafka = Kafka(processes, tmp_path / "kafka", password=secrets.token_urlsafe(), topology=Topology(brokers=3))
    kafka.start()
    create_topic(kafka)
    await send(kafka, b"three")
    kafka.kill(node=3)
    await send(kafka, b"two")
    kafka.start()
    assert await read(kafka) == [b"three", b"two"]


def test_a_broker_that_cannot_start_says_why(processes: Processes, tmp_path: Path) -> None:
    password = secrets.token_urlsafe()
    kafka = Kafka(processes, tmp_path / "kafka", password=password)
    kafka.start()
    kafka.kill()
    (tmp_path / "kafka" / "broker-1" / "data" / "meta.properties").write_text("version=1\n", encoding="utf-8")
    with pytest.raises(DidNotStart, match=r"(?s)kafka-1 ended with exit code 1; .*node\.id"):
        kafka.start()


async def test_a_killed_server_comes_back_with_what_was_committed() -> None:
    with on_packages() as servers:
        assert servers.local is not None
        assert servers.local.postgres is not None
        server: Postgres = servers.local.postgres
        connection = await asyncpg.connect(server.dsn())
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
        server.kill()
        server.start()
        again = await asyncpg.connect(server.dsn())
        assert await again.fetchval("SELECT value FROM kept") == 1
        await again.close()
        connection.terminate()


async def test_a_stack_killed_in_the_middle_starts_again_with_its_data(tmp_path: Path) -> None:
    assert run_and_be_killed(tmp_path) == -signal.SIGKILL
    with Stack(tmp_path, topics_file=tmp_path / "none") as stack:
        assert stack.postgres is not None
        kept = await asyncpg.connect(stack.postgres.dsn("kept", user="kept", password="kept"))  # noqa: S106 -- of this test alone
        assert await kept.fetchval("SELECT current_database()") == "kept"
        await kept.close()


def test_a_package_that_cannot_be_had_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASUM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("platform.machine", lambda: "pdp11")
    with pytest.raises(packages.PackageUnavailable, match="pdp11"):
        packages.postgres_home()
    assert [each.name for each in (tmp_path / "cache").iterdir()] == [".lock"]


def test_packages_are_readable_by_every_user() -> None:
    closed = [each for each in packages.postgres_home().rglob("*") if not each.stat().st_mode & stat.S_IROTH]
    assert (closed, packages.open_to_all(packages.postgres_home()) or os.geteuid() != 0) == ([], True)
