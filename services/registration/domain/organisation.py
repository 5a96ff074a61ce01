"""The aggregate Organisation: bodies of government are data with dates; the names of 2022 stay with its meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final, TypeAlias

from services.registration.domain.directory_refusals import (
    ChangeOutOfOrder,
    EndMissing,
    SuccessionCircle,
    SuccessorInvalid,
)
from services.registration.domain.refusals import InvalidSchedule, OrganisationUnknown
from shared.contracts import Fact
from shared.contracts.registration import EarlierOrganisation, OrganisationRecorded
from shared.kernel import Command, LimitReached, NotFound, StaleVersion

MOST_CHANGES: Final = 100  # of one body
CHANGING: Final = tuple(name for name in EarlierOrganisation.model_fields if name != "until")
"""What a body may be called, and where it may stand, otherwise from some day on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body as last recorded; `taken_over` has of all bodies by which one they are taken over, or None.

    `changed_by`, `changed_at` and `reason` are of the command that is carried out: they are in no fact.
    """

    code: str
    version: int = 0
    data: OrganisationRecorded | None = None
    taken_over: Mapping[str, str | None] = field(default_factory=dict)
    changed_by: str | None = None
    changed_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryCommand(Command):
    """A command about one body; `expected_version` are those that the caller has seen (If-Match)."""

    expected_version: frozenset[int] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrganisation(DirectoryCommand):
    """Create a body or correct what is recorded of it; the members in `kept` stay as they are."""

    data: OrganisationRecorded
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrganisation(DirectoryCommand):
    """From `day` on a body is called or stands otherwise; before, as it was."""

    day: date
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOrganisation(DirectoryCommand):
    """From `day` on a body is no more; one successor, or the one that is named, takes over what it has begun."""

    day: date
    successors: tuple[str, ...] = ()
    taken_over_by: str | None = None


OrganisationCommands: TypeAlias = RecordOrganisation | ChangeOrganisation | EndOrganisation


def decide(organisation: Organisation, command: OrganisationCommands) -> Sequence[Fact]:
    """The body as it is recorded from now on; nothing where nothing changes."""
    if command.expected_version is not None and organisation.version not in command.expected_version:
        raise StaleVersion(version=organisation.version)
    data = _after(organisation, command)
    if data == organisation.data:
        return []
    _check_dates(data)
    _check_bodies(organisation, data)
    return [data]


def _after(organisation: Organisation, command: OrganisationCommands) -> OrganisationRecorded:
    known = organisation.data
    if isinstance(command, RecordOrganisation):
        kept = {name: getattr(known, name) for name in command.kept} if known else {}
        return OrganisationRecorded(**dict(command.data) | kept)
    if known is None:
        raise NotFound
    if isinstance(command, ChangeOrganisation):
        return _changed(known, command)
    only = command.successors[0] if len(command.successors) == 1 else None
    ending = {"valid_until": command.day, "successors": command.successors}
    return OrganisationRecorded(**dict(known) | ending | {"taken_over_by": command.taken_over_by or only})


def _changed(known: OrganisationRecorded, command: ChangeOrganisation) -> OrganisationRecorded:
    """The body with one change more; of a day on which it has changed already, that change corrected."""
    if all(getattr(known, name) == value for name, value in command.changes.items()):
        return known
    earlier = known.earlier
    if not (earlier and earlier[-1].until == command.day):
        before = {name: getattr(known, name) for name in CHANGING}
        earlier = (*earlier, EarlierOrganisation(until=command.day, **before))
    return OrganisationRecorded(**dict(known) | dict(command.changes) | {"earlier": earlier})


def _check_dates(data: OrganisationRecorded) -> None:
    """A body ends after it began, and changes between the two, one change after the other."""
    if data.valid_from and data.valid_until and data.valid_until <= data.valid_from:
        raise InvalidSchedule(field="/valid_until")
    days = [one.until for one in data.earlier]
    if len(days) > MOST_CHANGES:
        raise LimitReached(what="changes of an organisation", limit=MOST_CHANGES)
    began, ended = data.valid_from or date.min, data.valid_until or date.max
    if any(not began < day < ended for day in days) or any(later <= day for day, later in pairwise(days)):
        raise ChangeOutOfOrder


def _check_bodies(organisation: Organisation, data: OrganisationRecorded) -> None:
    """Successors and parent are other bodies that exist; whoever takes over is a successor, and leads to no circle."""
    if data.successors and data.valid_until is None:
        raise EndMissing(field="/valid_until")
    others = {f"/successors/{place}": code for place, code in enumerate(data.successors)}
    for where, code in others.items():
        _check_other(organisation, code, where)
    parents = [("/parent", data.parent), *((f"/earlier/{n}/parent", one.parent) for n, one in enumerate(data.earlier))]
    for where, parent in parents:
        if parent is not None:
            _check_other(organisation, parent, where)
    if len(set(data.successors)) < len(data.successors):
        raise SuccessorInvalid(field="/successors")
    if data.taken_over_by is not None:
        if data.taken_over_by not in data.successors:
            raise SuccessorInvalid(field="/taken_over_by")
        _check_no_circle(organisation, data.taken_over_by)


def _check_other(organisation: Organisation, code: str, where: str) -> None:
    if code == organisation.code:
        raise SuccessorInvalid(field=where)
    if code not in organisation.taken_over:
        raise OrganisationUnknown(field=where)


def _check_no_circle(organisation: Organisation, following: str | None) -> None:
    for _ in organisation.taken_over:
        if following == organisation.code:
            raise SuccessionCircle(field="/taken_over_by")
        following = organisation.taken_over.get(following) if following else None


def keep_private(organisation: Organisation, command: OrganisationCommands) -> Organisation:
    """The body with who changes it, when and why."""
    return replace(organisation, changed_by=command.actor.subject, changed_at=command.at, reason=command.reason)


def evolve(organisation: Organisation, fact: Fact) -> Organisation:
    """The body after `fact`."""
    data = fact if isinstance(fact, OrganisationRecorded) else organisation.data
    return replace(organisation, version=organisation.version + 1, data=data)
