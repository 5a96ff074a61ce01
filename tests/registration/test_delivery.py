"""Registration on the real Kafka: exactly its facts are published, and personal data is on one topic only."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import generate_latest

from shared.contracts import TOPICS
from shared.contracts.ids import new_id
from shared.contracts.registration import MEETING, ORGANISATION, PERSON
from shared.messaging.cloudevents import attributes, parse_headers
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.relay.relay import Relay
from shared.settings import KafkaSettings
from tests.registration.running_service import RegistrationService, answer
from tests.registration.scenario import NOW
from tests.shared.bus import Sent, everything, produce, running, subscribed, until
from tests.shared.conftest import lines
from tests.shared.lines import Lines
from tests.stack import Servers

__all__ = ["lines"]  # the fixture is looked up here

NAME, FAMILY, ADDRESS = "ນົກຂະໝິ້ນນ້ອຍ", "ຄັນນາຣີ", "canary.bird@example.la"
MOBILE, WRITTEN = "+8562077345678", "020 77 345 678"
KEPT = (NAME, FAMILY, ADDRESS, MOBILE)
CANARIES = (*KEPT, MOBILE.removeprefix("+856"), WRITTEN)
Said = dict[tuple[str, str], list[tuple[str, str, int]]]  # topic and key: type, event, sequence


@pytest.fixture(scope="session")
def topics(stack: Servers) -> None:
    """The topics of the catalogue, made where no other test has."""
    there = stack.admin().list_topics(timeout=30).topics
    for name in TOPICS.keys() - there.keys():
        stack.create_topic(name, partitions=2)


async def use_every_route(service: RegistrationService) -> None:
    """Somebody with a name, a number and an address does all that can be done."""
    bird = {"given_name": NAME, "family_name": FAMILY, "mobile": WRITTEN, "email": ADDRESS}
    path = await service.opened(capacity=1)
    link = await service.invited(path, seats=9)
    seat = await service.registered(path, 1, link=link, **bird)
    again = await service.anybody.post(f"{path}/registrations", answer(2, link=link, **bird))
    assert again.status_code == 409
    await service.registered(path, 3, link=link)
    decline = {**answer(4, link=link, given_name=NAME), "reason": "ຕິດວຽກ"}
    assert (await service.anybody.post(f"{path}/declines", decline)).status_code == 201
    instead = await service.sent(path, seat, 5)
    await service.worked()
    await service.scanned(path, {"code": instead["code"]}, {"ticket": NAME})
    await service.withdrawn(path, instead)
    await service.worked()
    erased = await service.value("SELECT person_id FROM person WHERE mobile = $1", MOBILE)
    operator = service.as_("operator")
    assert (await operator.post(f"/v1/persons/{erased}/erase")).status_code == 204
    assert (await operator.put("/v1/organisations/BIRD", {"name": {"lo": "ອົງການ"}, "protocol_order": 1})).is_success


async def relayed(service: RegistrationService, kafka: KafkaSettings) -> Said:
    """Let the relay empty the outbox; what was in it."""
    said: Said = defaultdict(list)
    for row in await service.rows("SELECT topic, key, type, event_id::text, aggregate_seq FROM outbox ORDER BY id"):
        said[row["topic"], row["key"]].append((row["type"], row["event_id"], row["aggregate_seq"]))

    async def empty() -> bool:
        return not await service.value("SELECT count(*) FROM outbox")

    async with running(Relay(service.database, kafka, client_id="registration-tests")):
        await until(empty)
    return said


async def published(kafka: KafkaSettings, said: Said) -> list[Any]:
    """What is on the bus under the keys of `said`."""
    keys = {key.encode() for _, key in said}
    topics = sorted({topic for topic, _ in said})
    return [record for topic in topics for record in await everything(kafka, topic) if record.key in keys]


def by_key(records: list[Any]) -> Said:
    """The same as the outbox had it."""
    heard: Said = defaultdict(list)
    for record in records:
        headers = {name: value.decode() for name, value in record.headers}
        told = headers["ce_type"], headers["ce_id"], int(headers["ce_sequence"])
        heard[record.topic, record.key.decode()].append(told)
    return heard


@pytest.mark.usefixtures("topics")
async def test_exactly_the_facts_are_published_and_personal_data_on_one_topic_only(
    service: RegistrationService,
    kafka: KafkaSettings,
    lines: Lines,
) -> None:
    await use_every_route(service)
    said = await relayed(service, kafka)
    records = await published(kafka, said)
    assert by_key(records) == said
    assert {topic for topic, _ in said} == {MEETING.name, PERSON.name, ORGANISATION.name}

    seen = {canary: {one.topic for one in records if canary in _text(one)} for canary in KEPT}
    assert seen == {canary: {PERSON.name} for canary in KEPT}
    told = lines.getvalue() + generate_latest().decode()
    assert [canary for canary in CANARIES if canary in told] == []
    assert "check-in-refused.v1" in {type_.partition(".")[2] for facts in said.values() for type_, *_ in facts}

    last = {record.key: record for record in records if record.topic == PERSON.name}  # what compaction leaves
    assert [one for one in last.values() if one.value and ADDRESS in one.value.decode()] == []
    assert [one.value for one in last.values()].count(None) == 1


async def test_a_dead_letter_tells_its_reason_without_what_it_held(
    service: RegistrationService,
    kafka: KafkaSettings,
    create_topic: Callable[..., str],
    lines: Lines,
) -> None:
    topic = create_topic()
    poison = [f'{{"{NAME}": "{ADDRESS}"}}'.encode(), f'{{"message_id": "{MOBILE}"}}'.encode(), NAME.encode()]
    await produce(kafka, topic, [_message(number, value) for number, value in enumerate(poison, 1)])
    consumer = Consumer(
        service.database,
        kafka,
        group=f"eoffice.registration.{topic}",
        topics=[topic],
        handler=subscribed(service.built).handler,
        client_id="registration-tests",
    )

    async def kept() -> bool:
        return bool(await service.value("SELECT count(*) = $1 FROM dead_letter", len(poison)))

    async with running(consumer):
        await until(kept)
    reasons = " ".join(row["error"] for row in await service.rows("SELECT error FROM dead_letter"))
    told = reasons + lines.getvalue() + generate_latest().decode()
    assert [canary for canary in CANARIES if canary in told] == []
    assert "notification.message-created.v1" in reasons


def _message(number: int, value: bytes) -> Sent:
    key = new_id()
    headers = attributes(
        event_id=new_id(),
        source="/eoffice/notification",
        type_="notification.message-created.v1",
        time=NOW,
        subject=str(key),
        sequence=number,
        actor="tester",
        cause=None,
    )
    return Sent(key=str(key).encode(), value=value, headers=parse_headers(headers))


def _text(record: Any) -> str:
    """All of a record: key, value, headers."""
    parts: list[bytes] = [record.key, record.value or b"", *(value for _, value in record.headers)]
    return b"\n".join(parts).decode()
