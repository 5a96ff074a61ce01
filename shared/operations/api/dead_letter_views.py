"""How a dead letter is shown: its row, its bytes and the decoded event; personal data only to secretaries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, Field

from shared.contracts import CATALOGUE, TOPICS
from shared.kernel import Actor, Role
from shared.messaging.cloudevents import Unreadable
from shared.messaging.consumer import dead_letters

PERSONAL: Final = frozenset(name for name, topic in TOPICS.items() if topic.personal_data)
"""Topics whose content only operators who are secretaries may see: these see personal data in their work anyway."""

_NAMED: Final = tuple(name.encode() for name, contract in CATALOGUE.items() if contract.topic.name in PERSONAL)


class DeadLetterView(BaseModel):
    """A dead letter without its content."""

    id: int
    consumer: str
    topic: str
    partition: int
    offset: int
    key: str = Field(description="later events with the same key wait behind it; empty if none wait")
    error: str = Field(description="the reason")
    attempts: int
    state: str
    first_at: datetime
    last_at: datetime
    handled_by: str | None
    handled_why: str | None


class Octets(BaseModel):
    """Bytes in hexadecimal, and as text if they are UTF-8."""

    text: str | None
    hex: str

    @classmethod
    def of(cls, octets: bytes) -> Self:
        """The bytes in both forms."""
        try:
            return cls(text=octets.decode(), hex=octets.hex())
        except UnicodeDecodeError:
            return cls(text=None, hex=octets.hex())


class HeaderView(BaseModel):
    """One Kafka header."""

    name: str
    value: Octets


class Raw(BaseModel):
    """The Kafka record as it was received; `value` is null for a tombstone, and if it is withheld."""

    key: Octets | None
    headers: list[HeaderView]
    value: Octets | None


class Decoded(BaseModel):
    """The decoded CloudEvent; `data` is null if its type is unknown, and if it is withheld."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int | None
    correlation_id: str
    actor: str | None
    data: dict[str, Any] | None


class DeadLetterContent(DeadLetterView):
    """A dead letter with its content."""

    raw: Raw
    decoded: Decoded | None = Field(description="null if it cannot be decoded")
    withheld: bool = Field(description="the content holds personal data, and the actor's roles do not cover it")


def content_of(row: Mapping[str, Any], actor: Actor) -> DeadLetterContent:
    """A row from `dead_letters.load` as `actor` may see it."""
    withheld = _personal(row) and Role.SECRETARY not in actor.roles
    return DeadLetterContent(
        **{name: row[name] for name in DeadLetterView.model_fields},
        raw=_raw(row, withheld=withheld),
        decoded=_decoded(row, withheld=withheld),
        withheld=withheld,
    )


def _personal(row: Mapping[str, Any]) -> bool:
    """Whether its topic has personal data, or its content names an event type of such a topic (wrongly sent here)."""
    parts = [row["value"] or b"", *(bytes.fromhex(value) for _, value in row["headers"])]
    return row["topic"] in PERSONAL or any(name in part for part in parts for name in _NAMED)


def _raw(row: Mapping[str, Any], *, withheld: bool) -> Raw:
    return Raw(
        key=None if row["raw_key"] is None else Octets.of(row["raw_key"]),
        headers=[HeaderView(name=name, value=Octets.of(bytes.fromhex(value))) for name, value in row["headers"]],
        value=None if withheld or row["value"] is None else Octets.of(row["value"]),
    )


def _decoded(row: Mapping[str, Any], *, withheld: bool) -> Decoded | None:
    try:
        event = dead_letters.envelope(row)
    except Unreadable:
        return None
    data = None if withheld or event.data is None else event.data.model_dump(mode="json")
    names = ("id", "source", "type", "subject", "time", "sequence", "correlation_id", "actor")
    return Decoded(**{name: getattr(event, name) for name in names}, data=data)
