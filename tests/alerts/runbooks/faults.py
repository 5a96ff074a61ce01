"""Faults of Kafka, PostgreSQL, the gateway and events: each is made from outside, as it would happen to an office."""

import base64
import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg
from confluent_kafka import Producer
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from deploy.local.kafka import Kafka
from deploy.local.topics import TOPICS_FILE
from pasum.api import bearer
from shared.contracts import SERVICE_NAMES
from tests.alerts.runbooks.office import Labels, Office
from tests.contracts.golden import file_of

MEETINGS: Final = "eoffice.registration.meeting.v1"
PERSONS: Final = "eoffice.registration.person.v1"
PERSON: Final = "registration.person-recorded.v1"
LATE: Final = 12.0
"""Seconds: more than any objective allows a fact or a message."""
PEOPLE: Final = 120
"""More than the workers can send to at the same time."""


def kafka(office: Office) -> Kafka:
    """Kafka of the office."""
    assert office.system.stack.kafka is not None
    return office.system.stack.kafka


def pause_kafka(office: Office) -> None:
    """Kafka hangs: connections stay, nothing is answered; somebody registers."""
    kafka(office).pause()
    office.register()


def resume_kafka(office: Office) -> None:
    """Kafka answers again."""
    kafka(office).resume()


def kill_kafka(office: Office) -> None:
    """Kafka is killed, and the relay of registration has to start anew."""
    kafka(office).kill()
    office.kubectl.stop("registration-relay")
    office.kubectl.start("registration-relay")


def start_kafka(office: Office) -> None:
    """Kafka is started again."""
    kafka(office).launch(1)


def pause_gateway(office: Office) -> None:
    """The SMS gateway hangs, and many people register."""
    office.system.running["sms"].pause()
    office.register(PEOPLE)


def resume_gateway(office: Office) -> None:
    """The SMS gateway answers again."""
    office.system.running["sms"].resume()


def slow_gateway(office: Office) -> None:
    """The SMS gateway hangs until messages are late."""
    pause_gateway(office)
    office.wait("late jobs", lambda: (office.value("max(pasum_jobs_oldest_seconds)") or 0) > LATE, seconds=90)
    resume_gateway(office)


def slow_consumer(office: Office) -> None:
    """The consumer of notification hangs until facts are late; a new process would begin to count with them."""
    office.system.running["notification-consumer"].pause()
    office.register(40)
    office.pass_by(LATE)
    office.system.running["notification-consumer"].resume()


def stop_issuer(office: Office) -> None:
    """The token issuer is stopped."""
    office.system.running["issuer"].stop()


def impossible_event(office: Office) -> None:
    """An event of a meeting that cannot have happened."""
    send(office, [(str(uuid4()), "registration.meeting-opened.v1", b'{"impossible": true}', 1)])


def send(office: Office, events: Sequence[tuple[str, str, bytes, int]], *, topic: str = MEETINGS) -> None:
    """Publish events past the services: key, type, body and sequence of each."""
    environment = office.system.stack.kafka_environment()
    producer = Producer(
        {
            "bootstrap.servers": environment["KAFKA_BOOTSTRAP_SERVERS"],
            "security.protocol": environment["KAFKA_SECURITY_PROTOCOL"],
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": environment["KAFKA_USERNAME"],
            "sasl.password": environment["KAFKA_PASSWORD"],
        }
    )
    for key, type_, body, sequence in events:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid4()),
            "ce_source": f"/eoffice/registration/{topic.split('.')[2]}",
            "ce_type": type_,
            "ce_time": "2026-01-01T00:00:00Z",
            "ce_subject": key,
            "ce_sequence": str(sequence),
            "content-type": "application/json",
        }
        producer.produce(topic, body, key, headers=[(name, value.encode()) for name, value in headers.items()])
    if producer.flush(20):
        message = f"Kafka has not taken the events of {topic}"
        raise RuntimeError(message)


def send_people(office: Office, number: int) -> None:
    """Persons are recorded, and nothing else happens between them."""
    golden: dict[str, Any] = json.loads(file_of(PERSON).read_text(encoding="utf-8"))["value"]
    keys = [str(uuid4()) for _ in range(number)]
    events = [(key, PERSON, json.dumps({**golden, "person_id": key}).encode(), 1) for key in keys]
    send(office, events, topic=PERSONS)


def event_out_of_sequence(office: Office) -> None:
    """The fifth event of a meeting whose first four nobody has published."""
    golden: dict[str, Any] = json.loads(file_of("registration.meeting-opened.v1").read_text(encoding="utf-8"))
    key = str(uuid4())
    body = json.dumps({**golden["value"], "meeting_id": key}).encode()
    send(office, [(key, "registration.meeting-opened.v1", body, 5)])


def letters(office: Office, labels: Labels) -> list[Labels]:
    """The service and each reason that `pasum dead-letters counts` shows."""
    found = operator(office, labels["job"], "/v1/dead-letters/counts")
    items = found.get("items", [])
    return [{"SERVICE": labels["job"], "REASON": reason} for reason in sorted({each["error"] for each in items})]


def parked_keys(office: Office, labels: Labels) -> list[Labels]:
    """The service, and each topic and key that `pasum operations parked-keys` shows."""
    items = operator(office, labels["job"], "/v1/outbox/parked-keys")["items"]
    return [{"SERVICE": labels["job"], "TOPIC": each["topic"], "KEY": each["key"]} for each in items]


def discard_letters(office: Office) -> None:
    """After a drill: no dead letters are left."""
    for service in SERVICE_NAMES:
        for labels in letters(office, {"job": service}):
            script = 'pasum dead-letters discard-all --service $SERVICE --reason "$REASON" --why "after a drill"'
            office.shell(script, labels)


def operator(office: Office, service: str, path: str) -> Any:
    """GET as an operator."""
    found = json.loads(office.system.stack.address_file.read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {bearer(found, 'operator')}"}
    return httpx.get(f"{office.system.urls[service]}{path}", headers=headers).raise_for_status().json()


def take_right(office: Office, user: str, operation: AclOperation) -> None:
    """A user may no longer do this with the topic of meetings."""
    resource = (ResourceType.TOPIC, MEETINGS, ResourcePatternType.LITERAL)
    denied = AclBinding(*resource, f"User:{user}", "*", operation, AclPermissionType.DENY)
    admin = kafka(office).admin()
    admin.create_acls([denied])[denied].result()


def unwritable_topic(office: Office) -> None:
    """Registration may no longer write the topic of meetings, and somebody registers."""
    take_right(office, "registration", AclOperation.WRITE)
    office.register()


def unreadable_topic(office: Office) -> None:
    """Notification may no longer read the topic of meetings."""
    take_right(office, "notification", AclOperation.READ)


def give_rights_back(office: Office) -> None:
    """What the operators of Kafka do: nothing is denied, and deploy/topics.yaml is applied again."""
    anything: Any = None
    what = (ResourceType.ANY, anything, ResourcePatternType.ANY)
    every = AclBindingFilter(*what, anything, anything, AclOperation.ANY, AclPermissionType.DENY)
    admin = kafka(office).admin()
    admin.delete_acls([every])[every].result()
    office.system.stack.apply_topics(TOPICS_FILE)


def dead_job(office: Office) -> None:
    """A job whose attempts have all failed, as it stands in the database."""
    with psycopg.connect(office.system.stack.dsn("notification"), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO job (kind, name, key, payload, context, state, attempts, error, finished_at) "
            "SELECT kind, %s, key, payload, context, 'dead', 40, 'Unavailable', now() FROM job LIMIT 1",
            [str(uuid4())],
        )


def draft(office: Office) -> None:
    """A request that needs a token."""
    office.post("/v1/meetings", {})


def unknown_key(office: Office) -> None:
    """A request with a token whose key the services do not know: they ask the issuer."""
    found = json.loads(office.system.stack.address_file.read_text(encoding="utf-8"))
    head, _, rest = bearer(found, "organiser").partition(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**header, "kid": uuid4().hex}).encode()).rstrip(b"=").decode()
    office.post("/v1/meetings", {}, token=f"{other}.{rest}")


def stop_postgres(office: Office) -> None:
    """PostgreSQL crashes."""
    assert office.system.stack.postgres is not None
    office.system.stack.postgres.kill()


def start_postgres(office: Office) -> None:
    """PostgreSQL is started again by its operators."""
    assert office.system.stack.postgres is not None
    office.system.stack.postgres.start()
