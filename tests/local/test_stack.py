"""The local stack is as strict as production, and finds its data again."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)
from pydantic import SecretStr

from deploy.local import topics
from deploy.local.stack import Stack, StackInUse
from shared.contracts import SERVICE_NAMES
from shared.messaging.kafka import security
from shared.settings import KafkaSettings
from tests.stack import Servers, on_packages, settings_of

SAMPLE = Path(__file__).with_name("topics.yaml")
MEETINGS = "eoffice.registration.meeting.v1"
PEOPLE = "eoffice.registration.person.v1"


@pytest.fixture(scope="session")
def local(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The stack of the session, or one beside it when the session stands on containers."""
    servers: Servers = request.getfixturevalue("stack")
    if servers.local is not None:
        servers.local.apply_topics(SAMPLE)
        yield servers.local
        return
    with on_packages() as own:
        assert own.local is not None
        own.local.apply_topics(SAMPLE)
        yield own.local


def kafka_of(local: Stack, user: str) -> KafkaSettings:
    """The settings a process of `user` would read."""
    return settings_of(local.kafka_environment(user))


def setting(local: Stack, topic: str, name: str) -> str | None:
    """One setting of a topic as Kafka has it."""
    assert local.kafka is not None
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    admin = local.kafka.admin()
    value: str | None = admin.describe_configs([resource])[resource].result(5)[name].value
    return value


async def send(settings: KafkaSettings, topic: str, value: bytes) -> None:
    """One acknowledged record from an idempotent producer."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, enable_idempotence=True, **security(settings)
    )
    try:
        await producer.start()
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def first(settings: KafkaSettings, topic: str, group: str) -> bytes | None:
    """The first record `group` reads from a topic."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.bootstrap_servers,
        group_id=group,
        auto_offset_reset="earliest",
        **security(settings),
    )
    try:
        await consumer.start()
        value: bytes | None = (await consumer.getone()).value
        await consumer.commit()
    finally:
        await consumer.stop()
    return value


async def test_a_fact_goes_from_the_service_that_may_write_to_the_one_that_may_read(local: Stack) -> None:
    await send(kafka_of(local, "registration"), MEETINGS, "ປະຊຸມ".encode())
    assert await first(kafka_of(local, "archive"), MEETINGS, "eoffice.archive") == "ປະຊຸມ".encode()


async def test_a_reader_may_not_write(local: Stack) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await send(kafka_of(local, "minutes"), MEETINGS, b"forged")


async def test_a_stranger_to_a_topic_may_not_read_it(local: Stack) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await first(kafka_of(local, "archive"), PEOPLE, "eoffice.archive")


async def test_nobody_reads_in_the_group_of_another(local: Stack) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        await first(kafka_of(local, "minutes"), MEETINGS, "eoffice.archive")


async def test_a_wrong_password_is_refused(local: Stack) -> None:
    settings = kafka_of(local, "registration").model_copy(update={"password": SecretStr("wrong")})
    with pytest.raises(KafkaConnectionError):
        await send(settings, MEETINGS, b"forged")


async def test_without_a_password_nobody_gets_in(local: Stack) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka_of(local, "registration").bootstrap_servers)
    with pytest.raises(KafkaConnectionError):
        await send(settings, MEETINGS, b"forged")


async def test_writing_creates_no_topic(local: Stack) -> None:
    assert local.kafka is not None
    with pytest.raises(TopicAuthorizationFailedError):
        await send(kafka_of(local, "registration"), "eoffice.registration.unknown.v1", b"lost")
    there = set(local.kafka.admin().list_topics(timeout=5).topics)
    assert there & {MEETINGS, "eoffice.registration.unknown.v1"} == {MEETINGS}


def test_applying_the_topics_again_leaves_exactly_the_declared_rights(local: Stack) -> None:
    assert local.kafka is not None
    admin, declared = local.kafka.admin(), topics.load(SAMPLE)
    declared_nowhere = AclBinding(
        ResourceType.TOPIC,
        PEOPLE,
        ResourcePatternType.LITERAL,
        "User:archive",
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    admin.create_acls([declared_nowhere])[declared_nowhere].result(5)
    local.apply_topics(SAMPLE)
    assert topics.granted(admin, declared.principals) == topics.rights(declared)


def test_applying_changed_settings_changes_the_topic_and_keeps_it(local: Stack, tmp_path: Path) -> None:
    name = f"eoffice.test.t{uuid4().hex[:8]}.v1"
    for days in (1, 2):
        declared = {"topics": {name: {"partitions": 2, "retention_days": days}}, "principals": []}
        (tmp_path / "topics.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
        local.apply_topics(tmp_path / "topics.yaml")
        assert setting(local, name, "retention.ms") == str(days * 86_400_000)


def test_another_number_of_partitions_is_refused(local: Stack, tmp_path: Path) -> None:
    declared = {"topics": {MEETINGS: {"partitions": 7}}, "principals": []}
    (tmp_path / "topics.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    with pytest.raises(topics.TopicConflict):
        local.apply_topics(tmp_path / "topics.yaml")


async def test_a_service_owns_its_database_and_may_enter_no_other(local: Stack) -> None:
    own = await asyncpg.connect(local.dsn("minutes"))
    powers = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert await own.fetchval(powers) is False
    await own.execute('CREATE EXTENSION pg_trgm; CREATE TABLE owned (name text COLLATE "lo-x-icu")')
    await own.execute("DROP TABLE owned; DROP EXTENSION pg_trgm")
    await own.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(local.dsn("minutes"), database="archive")


def test_only_the_owner_reads_the_addresses_and_others_can_be_added(local: Stack) -> None:
    local.describe({"services": {"minutes": {"url": "http://127.0.0.1:1"}}})
    local.describe({"services": {"archive": {"url": "http://127.0.0.1:2"}}})
    address = json.loads(local.address_file.read_text(encoding="utf-8"))
    assert address["services"] == {"minutes": {"url": "http://127.0.0.1:1"}, "archive": {"url": "http://127.0.0.1:2"}}
    assert set(address["databases"]) == set(SERVICE_NAMES)
    assert stat.S_IMODE(local.address_file.stat().st_mode) == 0o600


def test_a_folder_holds_one_stack(local: Stack) -> None:
    with pytest.raises(StackInUse):
        Stack(local.folder).start()
