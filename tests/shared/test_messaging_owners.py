"""Who may write, read and say what: topic by type by principal; a new topic or type without a row here fails."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.produce import ProduceRequest
from pydantic import SecretStr

from deploy.local import topics
from shared.contracts import CATALOGUE, SERVICE_NAMES, TOPICS
from shared.contracts.ids import new_id
from shared.contracts.minutes import MINUTES
from shared.contracts.registration import MEETING
from shared.database import Database
from shared.messaging.cloudevents import Unreadable, read
from shared.messaging.kafka import security
from shared.settings import KafkaSettings
from tests.shared.batches import LETTERS, take
from tests.shared.bus import Sent, event, heard, numbered, rows
from tests.shared.recordbatches import Raw, batch
from tests.stack import Servers


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is meant: who writes the topic (and speaks in it), who reads it, and the facts that it may hold."""

    writes: str
    reads: str
    says: str


TABLE: Final = {
    "eoffice.registration.organisation.v1": Row(
        writes="registration",
        reads="notification minutes archive",
        says="organisation-recorded",
    ),
    "eoffice.registration.person.v1": Row(
        writes="registration",
        reads="notification minutes",
        says="person-recorded person-erased",
    ),
    "eoffice.registration.meeting.v1": Row(
        writes="registration",
        reads="notification minutes archive",
        says="meeting-drafted meeting-changed meeting-hosts-changed meeting-discarded meeting-opened "
        "meeting-rescheduled meeting-cancelled meeting-started meeting-held meeting-closed document-added "
        "document-replaced document-changed document-withdrawn organisation-invited invitation-extended "
        "invitation-resent invitation-reminded invitation-revoked invitation-declined participant-registered "
        "participant-represented participant-promoted participant-withdrawn participant-reinstated "
        "participation-requested participation-rejected request-withdrawn ticket-issued participant-proven "
        "registration-repeated participant-checked-in check-in-refused participant-left participant-returned "
        "meeting-form-changed agenda-item-started agenda-item-finished agenda-item-undone attendance-corrected "
        "participant-blocked participant-unblocked",
    ),
    "eoffice.notification.message.v1": Row(
        writes="notification",
        reads="registration archive",
        says="message-held message-created message-sent message-delivered message-failed message-cancelled",
    ),
    "eoffice.minutes.minutes.v1": Row(
        writes="minutes",
        reads="notification archive",
        says="minutes-started opinion-recorded decision-recorded action-assigned minutes-drafted minutes-revised "
        "minutes-submitted minutes-returned minutes-approved minutes-signed minutes-published news-published "
        "minutes-filed",
    ),
    "eoffice.archive.record.v1": Row(
        writes="archive",
        reads="minutes",
        says="record-opened minutes-collected news-collected record-completed sealing-begun record-sealed "
        "record-held record-released",
    ),
}
RECORD: Final = batch([Raw()])
REFUSED: Final = TopicAuthorizationFailedError.errno


def kafka_name(type_: str) -> str:
    """A type without its owner and its version."""
    return type_.split(".")[1]


def record_of(type_: str, topic: str, *, source: str | None = None) -> Sent:
    """A record of a type and a source on a topic; its body is of no type in particular."""
    owner = type_.split(".", maxsplit=1)[0]
    headers = {"ce_type": type_, "ce_source": source or f"/eoffice/{owner}/{topic.split('.')[2]}"}
    return Sent(key=b"k", value=b"{}", headers=event("a", 1, headers=headers).headers, topic=topic)


def reason(sent: Sent) -> str:
    """Why a record is not taken; empty where nothing but its body could be wrong."""
    try:
        read(sent)
    except Unreadable as error:
        return "" if "does not fit" in str(error) else str(error)
    return ""


def test_every_topic_and_every_type_has_its_row() -> None:
    assert {
        name: Row(
            writes=topic.owner,
            reads=" ".join(topic.readers),
            says=" ".join(kafka_name(each) for each, contract in CATALOGUE.items() if contract.topic is topic),
        )
        for name, topic in TOPICS.items()
    } == TABLE


def test_kafka_is_told_what_the_table_says() -> None:
    declared = topics.load()
    assert {name: (each.writes, each.reads) for name, each in declared.topics.items()} == {
        name: (frozenset({row.writes}), frozenset(row.reads.split())) for name, row in TABLE.items()
    }
    assert declared.principals == SERVICE_NAMES


@pytest.mark.parametrize("type_", CATALOGUE)
def test_a_type_is_believed_on_its_own_topic_alone(type_: str) -> None:
    wrong = f"{type_} does not belong to this topic"
    assert {topic: reason(record_of(type_, topic)) for topic in TABLE} == {
        topic: "" if kafka_name(type_) in row.says.split() else wrong for topic, row in TABLE.items()
    }


@pytest.mark.parametrize("topic", TABLE)
def test_nobody_speaks_under_the_source_of_another(topic: str) -> None:
    owner = TABLE[topic].writes
    known = next(each for each, contract in CATALOGUE.items() if contract.topic.name == topic)
    for type_ in (known, f"{owner}.something-of-a-later-release.v9"):
        found = {
            name: reason(record_of(type_, topic, source=f"/eoffice/{name}/{topic.split('.')[2]}"))
            for name in SERVICE_NAMES
        }
        assert found == {
            name: "" if name == owner else "the source is not the owner of this topic" for name in SERVICE_NAMES
        }
    stranger = next(name for name in SERVICE_NAMES if name != owner)
    later = record_of(f"{stranger}.something-of-a-later-release.v9", topic)
    assert reason(later) == "a type of another service does not belong to this topic"


async def test_what_does_not_belong_to_a_topic_is_a_dead_letter_and_spends_no_number_of_anybody(
    kernel: Database,
) -> None:
    mine = event("a", 1)
    unknown = event("a", 900, headers={"ce_type": "registration.something-new.v9"}, event_id=new_id())
    forged = numbered([mine, unknown], topic=MINUTES.name)
    await take(kernel, forged)
    assert await heard(kernel) == []
    assert [(state, error.split(" ")[0]) for _, state, error in await rows(kernel, LETTERS)] == [
        ("dead", "registration.meeting-opened.v1"),
        ("dead", "a"),
    ]
    await take(kernel, numbered([mine, event("a", 2)], topic=MEETING.name))
    assert await heard(kernel) == [1, 2]


async def test_kafka_lets_each_principal_do_what_its_row_says_and_no_more(stack: Servers) -> None:
    mark = f"m{uuid4().hex[:8]}"
    declared = marked(topics.load(), mark)
    passwords = dict.fromkeys(declared.principals, mark)
    await asyncio.to_thread(topics.apply, stack.admin(), declared, passwords=passwords)
    found = {name: await rights(stack, f"{mark}-{name}", mark) for name in SERVICE_NAMES}
    assert found == {
        name: (
            {topic: row.writes == name for topic, row in TABLE.items()},
            {topic: name in row.reads.split() for topic, row in TABLE.items()},
            {group: group == name for group in SERVICE_NAMES},
        )
        for name in SERVICE_NAMES
    }


def marked(declared: topics.Declared, mark: str) -> topics.Declared:
    """The same topics and principals under other names, so that no other test meets them."""
    given = declared.model_dump()
    for topic in given["topics"].values():
        topic["writes"] = {f"{mark}-{name}" for name in topic["writes"]}
        topic["reads"] = {f"{mark}-{name}" for name in topic["reads"]}
    named = {f"{mark}.{name}": topic for name, topic in given["topics"].items()}
    return topics.Declared.model_validate(
        {"topics": named, "principals": [f"{mark}-{name}" for name in declared.principals]}
    )


async def rights(
    stack: Servers, user: str, mark: str
) -> tuple[Mapping[str, bool], Mapping[str, bool], Mapping[str, bool]]:
    """What Kafka lets a user do: write to and read from each topic, and act for the group of each service."""
    settings = stack.kafka.model_copy(update={"username": user, "password": SecretStr(mark)})
    client = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap_servers, **security(settings))
    await client.start()
    try:
        writes = await ask(
            client, ProduceRequest(None, -1, 10_000, [(f"{mark}.{name}", [(0, RECORD)]) for name in TABLE])
        )
        wanted = [(f"{mark}.{name}", [(0, 0, 1_000)]) for name in TABLE]
        reads = await ask(client, FetchRequest(0, 0, 1_000, 0, wanted, rack_id=""))
    finally:
        await client.stop()
    return (
        {name: writes[f"{mark}.{name}"] for name in TABLE},
        {name: reads[f"{mark}.{name}"] for name in TABLE},
        {name: await may_act_for(settings, f"eoffice.{mark}-{name}") for name in SERVICE_NAMES},
    )


async def ask(client: AIOKafkaConsumer, request: Any) -> dict[str, bool]:
    """Topic → whether Kafka has let us."""
    known = await client._client.fetch_all_metadata()  # noqa: SLF001 -- requests as no client of ours would send them
    [node, *_] = known.brokers()
    answer = await client._client.send(node.nodeId, request)  # noqa: SLF001 -- as above
    return {topic: part[1] != REFUSED for topic, [part] in answer.topics}


async def may_act_for(settings: KafkaSettings, group: str) -> bool:
    """Whether Kafka shows the user a group: whoever has no right to be in it is refused."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers, **security(settings))
    await admin.start()
    try:
        await admin.list_consumer_group_offsets(group)
    except GroupAuthorizationFailedError:
        return False
    except GroupCoordinatorNotAvailableError:  # it was found that we may, and that no group was ever there
        return True
    finally:
        await admin.close()
    return True
