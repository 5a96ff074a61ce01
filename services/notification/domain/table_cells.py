"""What a cell of the table who is told what may be: a message, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from services.notification.domain.order import Audience, CalendarMethod
from shared.contracts.notification import Channel

ChannelRule = Literal["one", "each"]
"""`one`: the first channel that reaches the person. `each`: on every channel that does, a message of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """A message: its template (of several, the one that says how the seat was come by), channels, calendar method.

    `values` are members of the fact that the text names as they are (`templates/values.yaml`). `with_ticket` are the
    channels by which the same is told, with the calendar entry, when the ticket is issued.
    """

    templates: tuple[str, ...]
    channels: tuple[Channel, ...]
    how: ChannelRule
    with_ticket: tuple[Channel, ...] = ()
    calendar: CalendarMethod | None = None
    values: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """No message, and why."""

    reason: str


AudienceRow: TypeAlias = Mapping[Audience, Tell | Silence]

ALWAYS: Final = ""
"""The only case of most facts."""


def one(template: str, *channels: Channel, calendar: CalendarMethod | None = None, note: str = "") -> Tell:
    """A message on the first of these channels that reaches the person."""
    return Tell(templates=(template,), channels=channels, how="one", calendar=calendar, note=note)


def each(
    *templates: str,
    channels: tuple[Channel, ...] = ("sms", "email"),
    calendar: CalendarMethod | None = None,
    values: tuple[str, ...] = (),
    note: str = "",
) -> Tell:
    """A message on each of these channels that reaches the person."""
    return Tell(templates=templates, channels=channels, how="each", calendar=calendar, values=values, note=note)


def before_the_ticket(template: str, note: str = "") -> Tell:
    """An SMS now; the e-mail comes with the ticket of the seat."""
    note = f"the e-mail comes with the ticket (TicketIssued){note}"
    return Tell(templates=(template,), channels=("sms",), how="each", with_ticket=("email",), note=note)


def row(otherwise: str, **cells: Tell | str) -> AudienceRow:
    """A row; audiences that are not named are told nothing, for the reason `otherwise`."""
    named = {Audience[name.upper()]: Silence(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
    return {audience: named.get(audience, Silence(otherwise)) for audience in Audience}
