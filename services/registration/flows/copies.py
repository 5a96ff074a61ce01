"""A meeting drafted like an earlier one: what makes it is copied, the people who came to it are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.registration.domain.agenda import identified
from services.registration.domain.commands import DraftMeeting
from services.registration.domain.documents.commands import AddDocument
from services.registration.domain.form.commands import ChangeForm
from services.registration.domain.meeting import Meeting
from services.registration.flows.hosts import Hosts, put_draft
from services.registration.store import MEETINGS
from services.registration.store.admission import admission_of
from services.registration.store.documents import documents_of, share_files
from services.registration.store.form.forms import current_form
from services.registration.store.hosts import lock_hosts
from shared.application import execute
from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id, new_id
from shared.contracts.registration import Admission, AgendaItem, MeetingDrafted, PersonRecorded
from shared.database import Connection
from shared.kernel import Actor, Command, InvalidValue, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What the copy is to be: `schedule` its beginning and end; None leaves title, venue or chair as they are.

    `documents`: whether it has the same documents. `previous`: the meeting that it continues. `series`: the first
    meeting of the series to which it belongs.
    """

    meeting_id: UUID
    schedule: tuple[datetime, datetime]
    actor: Actor
    at: datetime
    title: Bilingual | None = None
    venue: Bilingual | None = None
    chair: PersonRecorded | None = None
    documents: bool = False
    previous: UUID | None = None
    series: UUID | None = None


async def copy_meeting(connection: Connection, source: asyncpg.Record, copy: Copy) -> Meeting:
    """Draft the copy of the meeting with the row `source`; raises the `Refusal` of any of the commands it takes.

    A chair who was erased since must be named anew (`InvalidValue`).
    """
    drafted, known = await lock_hosts(connection, source["meeting_id"])
    if drafted is None:
        raise NotFound
    hosts = _hosts(drafted, known, copy)
    items = {
        item.item_id: derived_id("copied agenda item", copy.meeting_id, item.item_id)
        for item in identified(source["meeting_id"], drafted.agenda)
    }
    meeting, _ = await put_draft(connection, _draft(drafted, source, copy, hosts=hosts, items=items), hosts)
    if form := await current_form(connection, source["meeting_id"]):
        asking = ChangeForm(actor=copy.actor, at=copy.at, fields=form.fields)
        meeting = (await execute(connection, MEETINGS, copy.meeting_id, asking)).state
    return await _with_documents(connection, source, copy, items=items) or meeting if copy.documents else meeting


def _hosts(drafted: MeetingDrafted, known: Mapping[UUID, PersonRecorded], copy: Copy) -> Hosts:
    """Persons belong to one meeting each: those of the copy are new ones with the same values."""
    chair = copy.chair or (_anew(known[drafted.chair]) if drafted.chair in known else None)
    if chair is None:
        raise InvalidValue(field="/chair", why="the chair of the earlier meeting is not known any more")
    contacts = tuple(_anew(known[each]) for each in drafted.co_host_contacts if each in known)
    return Hosts(chair=chair, co_hosts=drafted.co_hosts, contacts=contacts)


def _anew(person: PersonRecorded) -> PersonRecorded:
    return PersonRecorded(**dict(person) | {"person_id": new_id()})


def _draft(
    drafted: MeetingDrafted,
    source: asyncpg.Record,
    copy: Copy,
    *,
    hosts: Hosts,
    items: Mapping[UUID | None, UUID],
) -> DraftMeeting:
    kept = ("purpose", "outcome", "organiser_unit", "co_hosts", "capacity", "policy", "waiting_list")
    members: dict[str, Any] = {name: getattr(drafted, name) for name in (*kept, "rank_floor", "tacit_consent")}
    starts_at, ends_at = copy.schedule
    agenda = identified(source["meeting_id"], drafted.agenda)
    return DraftMeeting(
        actor=copy.actor,
        at=copy.at,
        meeting_id=copy.meeting_id,
        organiser=copy.actor.organisation or drafted.organiser,  # a body that was taken over holds no meetings any more
        title=copy.title or drafted.title,
        venue=copy.venue or Bilingual(**source["venue"]),
        starts_at=starts_at,
        ends_at=ends_at,
        chair=hosts.chair.person_id if hosts.chair else drafted.chair,
        co_host_contacts=(),
        agenda=tuple(AgendaItem(**dict(item) | {"item_id": items[item.item_id]}) for item in agenda),
        admission=_admission(admission_of(source)["admission"], later=starts_at - source["starts_at"]),
        previous_meeting_id=copy.previous,
        series_id=copy.series,
        **members,
    )


def _admission(admission: Admission, *, later: timedelta) -> Admission:
    """With a deadline as long before the meeting as that of the earlier one."""
    closes_at = admission.closes_at and admission.closes_at + later
    return Admission(**dict(admission) | {"closes_at": closes_at})


async def _with_documents(
    connection: Connection, source: asyncpg.Record, copy: Copy, *, items: Mapping[UUID | None, UUID]
) -> Meeting | None:
    """Documents of the same files; nothing is stored again. None where there are none."""
    meeting = None
    documents = await documents_of(connection, source["meeting_id"])
    await share_files(connection, source["meeting_id"], copy.meeting_id, by=Command(actor=copy.actor, at=copy.at))
    for one in sorted(documents.values(), key=lambda each: (each.position, each.document_id)):
        adding = AddDocument(
            actor=copy.actor,
            at=copy.at,
            document_id=new_id(),
            sha256=one.sha256,
            title=one.title,
            access=one.access,
            item_id=items.get(one.item_id),
            position=one.position,
        )
        meeting = (await execute(connection, MEETINGS, copy.meeting_id, adding)).state
    return meeting
