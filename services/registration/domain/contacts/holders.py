"""Who has registered in a meeting with a number or an address before, and who may be told so: nobody who is a stranger.

A refusal would tell a stranger who takes part in a meeting. So he is answered as if nobody had registered, and the
person himself is told (`RegistrationRepeated`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.registration.domain.contacts.same_person import Name, same_person
from services.registration.domain.refusals import AlreadyRegistered
from shared.contracts.registration import RegistrationRepeated
from shared.kernel import Actor

MOST_SHARING: Final = 20
"""So many people of a meeting may share one number or address; whoever comes then is taken for one of them."""
QUIET: Final = timedelta(hours=1)
"""So long a person is not told again that somebody has registered with his number or address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHolder:
    """The registration that a number or an address belongs to, or one of those that share it.

    `told_at`: when its person was last told of it. `name` is read where people may share numbers and addresses.
    """

    registration_id: UUID
    person_id: UUID
    organisation: str
    told_at: datetime
    name: Name | None = None


def same_people(name: Name | None, sharing: Sequence[ContactHolder]) -> Sequence[ContactHolder]:
    """Of those who share a number or an address, the person of this name; all, where there are as many as may be."""
    return sharing if len(sharing) >= MOST_SHARING else [one for one in sharing if same_person(name, one.name)]


def check_unknown(
    holders: Iterable[ContactHolder], actor: Actor, *, body: str | None, field: str | None = None
) -> None:
    """Raise `AlreadyRegistered` where the caller may know it: he has an account, or speaks for the body of the other.

    `body` is the one he is known to speak for (by its link); None where he is a stranger.
    """
    for holder in holders:
        if actor.roles or body == holder.organisation:
            raise AlreadyRegistered(field=field)


def as_seen_by(organiser: str, actor: Actor) -> Actor:
    """The caller, without roles where he is not of the staff of the body that organises the meeting.

    Who uses the code of somebody and has an account of another body learns no more than with the code alone.
    """
    return actor if actor.acts_for(organiser) else replace(actor, roles=frozenset())


def repeated(meeting_id: UUID, holders: Iterable[ContactHolder], *, at: datetime) -> Sequence[RegistrationRepeated]:
    """What is told to the people whose numbers and addresses were used once more; each at most once in `QUIET`."""
    told = {one.registration_id: one for one in holders if at - one.told_at >= QUIET}
    return [
        RegistrationRepeated(
            meeting_id=meeting_id,
            registration_id=one.registration_id,
            person_id=one.person_id,
            organisation=one.organisation,
        )
        for one in told.values()
    ]
