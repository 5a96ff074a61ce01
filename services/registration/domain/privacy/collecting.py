"""By whom, for what and when the data of a person are collected."""

from shared.contracts.registration import Collected, CollectionPurpose, Collector, PersonRecorded
from shared.kernel import Actor, Command, Role


def collected(
    by: Command,
    organisation: str,
    *,
    purpose: CollectionPurpose = "participation",
    himself: bool = False,
    notice: str | None = None,
) -> Collected:
    """What is recorded with a person of `organisation`; `himself`: where no account tells of him, he does himself."""
    who = _collector(by.actor, organisation, himself=himself)
    return Collected(purpose=purpose, by=who, at=by.at, notice=notice)


def _collector(actor: Actor, organisation: str, *, himself: bool) -> Collector:
    if not actor.roles:
        return "person" if himself else "organisation"
    if Role.FOCAL_POINT in actor.roles and actor.acts_for(organisation):
        return "organisation"
    return "organiser"


def as_recorded(before: PersonRecorded | None, told: PersonRecorded) -> PersonRecorded:
    """What is recorded of a person who is told of again: nothing anew where nothing but the time differs.

    A notice that he was shown stays with him.
    """
    if before is None:
        return told
    shown = _notice_of(told) or _notice_of(before)
    if shown == _notice_of(before) and dict(told) | {"collected": before.collected} == dict(before):
        return before
    if told.collected is None or shown == told.collected.notice:
        return told
    return PersonRecorded(**dict(told) | {"collected": Collected(**dict(told.collected) | {"notice": shown})})


def _notice_of(person: PersonRecorded) -> str | None:
    return person.collected.notice if person.collected else None
