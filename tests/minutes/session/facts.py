"""What happened in a session, fact by fact: items of the agenda, who came and went, what was said by hand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.base import Bilingual
from shared.contracts.ids import derived_id
from shared.contracts.registration import (
    AgendaItem,
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemStep,
    AgendaItemUndone,
    AttendanceCorrected,
    CheckInRefused,
    ItemPresence,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantReturned,
)
from tests.minutes.registration_facts import REASON, START, checked_in, person_id, seat_id

MINUTE = timedelta(minutes=1)
AGENDA = tuple(
    AgendaItem(number=number, title=Bilingual(lo=title))
    for number, title in (("1", "ກ່າວໄຂກອງປະຊຸມ"), ("2", "ລາຍງານ DMA"), ("2.1", "ບັນດາກະຊວງ"), ("3", "ຄຳເຫັນ"))
)


def at(minutes: int) -> datetime:
    """So many minutes after the beginning of the session, which lasts 210."""
    return START + minutes * MINUTE


def item(meeting: UUID, number: str) -> UUID:
    return derived_id("agenda item", meeting, number)


def begun(meeting: UUID, number: str, minutes: int) -> AgendaItemStarted:
    about = {"meeting_id": meeting, "item_id": item(meeting, number), "number": number}
    return AgendaItemStarted(**about, started_at=at(minutes), recorded_by="secretary")


def done(meeting: UUID, number: str, minutes: int) -> AgendaItemFinished:
    about = {"meeting_id": meeting, "item_id": item(meeting, number), "number": number}
    return AgendaItemFinished(**about, finished_at=at(minutes), recorded_by="secretary")


def undone(meeting: UUID, number: str, step: AgendaItemStep, minutes: int | None = None) -> AgendaItemUndone:
    return AgendaItemUndone(
        meeting_id=meeting,
        item_id=item(meeting, number),
        number=number,
        undone=step,
        started_at=None if minutes is None else at(minutes),
        finished_at=None,
        reason=REASON,
        recorded_by="secretary",
    )


def came(meeting: UUID, name: str, minutes: int = 0) -> ParticipantCheckedIn:
    return ParticipantCheckedIn(**dict(checked_in(meeting, name)) | {"scanned_at": at(minutes)})


def left(meeting: UUID, name: str, minutes: int) -> ParticipantLeft:
    return ParticipantLeft(**_moved(meeting, name, minutes))


def returned(meeting: UUID, name: str, minutes: int) -> ParticipantReturned:
    return ParticipantReturned(**_moved(meeting, name, minutes))


def let_in_twice(meeting: UUID, name: str, minutes: int, **members: Any) -> CheckInRefused:
    """A second desk without a network lets in somebody who is in."""
    told = {
        name: value for name, value in _moved(meeting, name, minutes).items() if name in CheckInRefused.model_fields
    }
    return CheckInRefused(**told | {"reason": "already-in", "offline": True, "came_at": at(minutes)} | members)


def corrected(meeting: UUID, name: str, number: str | None, presence: ItemPresence) -> AttendanceCorrected:
    return AttendanceCorrected(
        meeting_id=meeting,
        registration_id=seat_id(meeting, name),
        person_id=person_id(name),
        item_id=item(meeting, number) if number else None,
        presence=presence,
        reason=REASON,
        corrected_by="secretary",
    )


def _moved(meeting: UUID, name: str, minutes: int) -> dict[str, Any]:
    return {
        "meeting_id": meeting,
        "registration_id": seat_id(meeting, name),
        "person_id": person_id(name),
        "device": "desk-1",
        "nonce": f"{name} {minutes}",
        "scanned_at": at(minutes),
        "received_at": at(minutes),
        "moved_at": at(minutes),
        "offline": False,
    }
