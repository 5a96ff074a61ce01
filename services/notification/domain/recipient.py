"""The people of a meeting as they may be told of a fact: who has answered how, and who is told without an answer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from uuid import UUID

from services.notification.domain.order import Audience
from services.notification.domain.states import RegistrationState
from services.notification.domain.table_cells import AudienceRow, Tell
from shared.contracts.notification import Channel

Addresses: TypeAlias = Mapping[Channel, str]
"""The telephone number and the e-mail address of a person, where he has them; the e-mail address in lower case."""

_Message: TypeAlias = tuple[Channel, str, bool]
"""A message as a channel sees it: channel, address, and whether a calendar entry comes with it."""

REGISTERED: Final = "registered"
"""The `notice` of a seat that nothing else has happened to."""

UNPROVEN: Final = "confirm_registration"
"""The `notice` of a seat whose person has still to confirm that he has registered."""

AGAIN: Final = "registered_again"
"""The `notice` of a seat whose person is told of another registration of his, and of this one nothing."""

PRECEDENCE: Final = (Audience.CHAIR, Audience.CO_HOST, Audience.CONTACT)
"""As what a host is told who is several of them."""

_AUDIENCES: Final = {
    RegistrationState.REQUESTED: Audience.WAITING,
    RegistrationState.WAITLISTED: Audience.WAITING,
    RegistrationState.WITHDRAWN: Audience.WITHDRAWN,
    RegistrationState.REJECTED: Audience.WITHDRAWN,
    RegistrationState.REPRESENTED: Audience.REPRESENTED,
    RegistrationState.DECLINED: Audience.DECLINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One answer to an invitation, as last heard.

    `represents` is the person whose place this one takes, `notice` the template that says how the seat was come by,
    `revision` the meeting's SEQUENCE as its ticket was signed.
    """

    registration_id: UUID
    person_id: UUID
    state: RegistrationState
    checked_in: bool = False
    represents: UUID | None = None
    notice: str = REGISTERED
    revision: int = 0
    addresses: Addresses = field(default_factory=dict)

    @property
    def audience(self) -> Audience:
        """As what the person is told."""
        seated = Audience.REPRESENTATIVE if self.represents else Audience.SEATED
        return _AUDIENCES.get(self.state, seated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Somebody who is told of a meeting without an answer of his own: its chair, a co-host, the contact of a body."""

    person_id: UUID
    audience: Audience
    addresses: Addresses = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a fact may be told to, as what, and with which registration.

    `told_elsewhere` are the channels by which the same number or address is told of it as something else.
    """

    audience: Audience
    person_id: UUID
    registration_id: UUID | None = None
    notice: str = ""
    about: UUID | None = None
    revision: int | None = None
    addresses: Addresses = field(default_factory=dict)
    told_elsewhere: frozenset[Channel] = frozenset()


def told_once(recipients: Iterable[Recipient], row: AudienceRow) -> list[Recipient]:
    """The hosts, chair before co-host before contact, each with the channels by which `row` tells his addresses anyway.

    A person is known by each of his answers, so one who is told as two may be two persons with one number or address.
    He is told as seated rather than as a host. A mail without a calendar entry does not stand in for one that has it.
    The others follow as they are.
    """
    everybody = list(recipients)
    others = [recipient for recipient in everybody if recipient.audience not in PRECEDENCE]
    hosts = sorted(
        (recipient for recipient in everybody if recipient.audience in PRECEDENCE),
        key=lambda host: PRECEDENCE.index(host.audience),
    )
    possible = {each for other in others for each in _possible(other, row)}
    told = {each for other in others for each in _used(other, row)}
    return [*_each_knowing(hosts, possible, told, row), *others]


def _each_knowing(
    hosts: Iterable[Recipient], possible: set[_Message], told: set[_Message], row: AudienceRow
) -> Iterator[Recipient]:
    for host in hosts:
        own = _possible(host, row)
        elsewhere = frozenset(one[0] for one in own if _among(one, told))
        if elsewhere and all(_among(one, possible) for one in own):  # nothing of his own: he is the one who is told
            elsewhere = frozenset(one[0] for one in own)
        knowing = replace(host, told_elsewhere=elsewhere)
        yield knowing
        possible |= own
        told |= _used(knowing, row)


def _among(one: _Message, others: set[_Message]) -> bool:
    return bool(others & {one, (one[0], one[1], True)})


def _used(recipient: Recipient, row: AudienceRow) -> set[_Message]:
    """The messages of `_possible` that are made: where one is enough, that of the first channel that reaches him."""
    cell, found = row[recipient.audience], _possible(recipient, row)
    left = [one for one in found if one[0] not in recipient.told_elsewhere]
    if isinstance(cell, Tell) and cell.how == "one":
        return set(sorted(left, key=lambda one: cell.channels.index(one[0]))[:1])
    return set(left)


def _possible(recipient: Recipient, row: AudienceRow) -> set[_Message]:
    """The messages that a recipient may get."""
    cell = row[recipient.audience]
    if not isinstance(cell, Tell):
        return set()
    return {
        (channel, address, channel == "email" and (cell.calendar is not None or channel in cell.with_ticket))
        for channel, address in recipient.addresses.items()
        if channel in (*cell.channels, *cell.with_ticket)
    }
