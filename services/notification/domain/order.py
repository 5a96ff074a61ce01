"""What a message is about, before anybody knows how to reach its recipient: no name, no address, no text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

from shared.contracts.ids import derived_id
from shared.contracts.notification import Channel

IfImpossible = Literal["fail", "leave"]
CalendarMethod = Literal["REQUEST", "CANCEL"]

LINK: Final = "link"
TICKET: Final = "ticket"
"""The names under which `Content.sealed` holds what only its recipient may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the text will be made of when it is sent.

    `values` are the template's own (JSON), `sealed` are opened in the moment of sending and never kept open.
    `registration` says whose code, `about` which other person the text names, `minutes` which document it leads to.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    calendar: CalendarMethod | None = None
    registration: UUID | None = None
    about: UUID | None = None
    minutes: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One recipient, one purpose: `channels` in the order of preference.

    `if_impossible` is `leave` where another message tells a person who cannot be reached on these channels.
    """

    meeting_id: UUID
    person_id: UUID
    cause: UUID
    template: str
    channels: tuple[Channel, ...]
    if_impossible: IfImpossible = "fail"
    content: Content = field(default_factory=Content)

    @property
    def message_id(self) -> UUID:
        """The same fact never makes the same message twice: event, recipient, channel, template."""
        return derived_id(self.cause, self.person_id, self.channels[0], self.template)
