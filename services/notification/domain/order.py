"""What a message is about, before anybody knows how to reach its recipient: no name, no address, no text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal
from uuid import UUID

from shared.contracts.ids import derived_id
from shared.contracts.notification import Channel

IfImpossible = Literal["fail", "leave"]
CalendarMethod = Literal["REQUEST", "CANCEL"]


class Audience(StrEnum):
    """As what a person is told: what he is to the meeting when the fact is heard."""

    CONTACT = "contact"
    CHAIR = "chair"
    CO_HOST = "co-host"
    FORMER_HOST = "former-host"
    SEATED = "seated"
    REPRESENTATIVE = "representative"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    REPRESENTED = "represented"
    DECLINED = "declined"


LINK: Final = "link"
TICKET: Final = "ticket"
"""The names under which `Content.sealed` holds what only its recipient may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the text will be made of when it is sent.

    `values` are the template's own (JSON), `sealed` are opened in the moment of sending and never kept open.
    `registration` says whose code, `about` which other person the text names, `minutes` which document it leads to,
    `invitation` of which body an answer is awaited.
    `revision` is the meeting's SEQUENCE and `serial` the number of the ticket when this was decided: a later one makes
    the message out of date (`outdated`).
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    calendar: CalendarMethod | None = None
    registration: UUID | None = None
    about: UUID | None = None
    minutes: UUID | None = None
    invitation: UUID | None = None
    revision: int | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One recipient, one purpose: `channels` in the order of preference.

    `if_impossible` is `leave` where another message tells a person who cannot be reached on these channels.
    `not_before` lets changes that follow each other closely become one message.
    """

    meeting_id: UUID
    person_id: UUID
    cause: UUID
    template: str
    channels: tuple[Channel, ...]
    if_impossible: IfImpossible = "fail"
    content: Content = field(default_factory=Content)
    audience: Audience | None = None
    not_before: datetime | None = None

    @property
    def message_id(self) -> UUID:
        """The same fact never makes the same message twice: event, recipient, channel, template."""
        return derived_id(self.cause, self.person_id, self.channels[0], self.template)

    def queue(self, channel: Channel) -> str:
        """What one person is told of one meeting on one channel goes out in order: the key of its jobs."""
        return f"{self.meeting_id} {self.person_id} {channel}"
