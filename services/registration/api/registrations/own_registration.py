"""What a person who has answered sees of his own answer: with its code, without an account."""

from hmac import compare_digest
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header
from pydantic import BaseModel, BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, digest
from services.registration.api.inputs import CodeInput, text_of_header
from services.registration.api.tokens import LinkTokenInput
from services.registration.domain.form.answering import ANSWERING
from services.registration.domain.registration_states import RegistrationState
from services.registration.ports import Ticket
from services.registration.store.form.forms import announced_form
from shared.contracts.base import Bilingual, Instant
from shared.contracts.registration import Collected, PromotionReason
from shared.database import Connection
from shared.http import refusals
from shared.http.clients import client_of
from shared.http.dependencies import injected_dependencies
from shared.http.direct import DirectRoute
from shared.kernel import NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations", tags=["registrations"], route_class=DirectRoute)
by_link = APIRouter(tags=["registrations"], route_class=DirectRoute)


class OwnMeeting(BaseModel):
    """The meeting of an answer, as it stands now."""

    meeting_id: UUID
    phase: str
    title: Bilingual
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant


class MeetingMove(BaseModel):
    """Time and place as they were before one change of them."""

    moved_at: Instant
    old_starts_at: Instant
    old_ends_at: Instant
    old_venue: Bilingual


class OwnRegistration(BaseModel):
    """One's own answer as it stands now."""

    registration_id: UUID
    code: str = Field(description="shown at the entrance, and asked for wherever the answer is changed")
    state: RegistrationState
    organisation: str
    honorific: str | None
    given_name: str | None
    family_name: str | None
    position_title: str | None
    place: int | None = Field(description="in the queue, from 1: one more than the people before you; null without")
    promoted: bool = Field(description="whether the seat came from the queue")
    promoted_at: Instant | None
    promotion_reason: PromotionReason | None = Field(
        description="`seat-freed`: somebody gave up his, or it is not kept for others any more; `capacity-raised`: "
        "there are more seats; null without"
    )
    promotion_note: str | None = Field(description="why, in the organiser's words, where he has chosen this person")
    group_id: UUID | None = Field(description="the same for people who have registered together")
    represents: UUID | None = Field(description="the registration in whose place one comes")
    reason: str | None = Field(description="as it was given with a withdrawal, a representative or a rejection")
    ticket: str | None = Field(description="the text of the QR code; null without a seat, and until it is signed")
    answers: dict[str, Any] = Field(description="to the form of the meeting, by name of the field")
    answers_missing: list[str] = Field(description="fields that must be answered, as the form is now, and are not")
    form_version: int | None = Field(description="of the form to which the answers were given; null without answers")
    proven: bool = Field(
        description="whether somebody has answered for you: you by your link, your body, the organiser"
    )
    held_until: Instant | None = Field(
        description="where nobody has: when the seat, the place or the request is given up"
    )
    collected: Collected | None = Field(
        description="for what, by whom and when your data were collected; null where an earlier release has"
    )
    answered_at: Instant
    checked_in_at: Instant | None
    meeting: OwnMeeting
    moves: list[MeetingMove] = Field(
        description="changes of time or place since the answer, the oldest first; what it is now is in `meeting`"
    )


@router.get("/{registration_id}", response_model=OwnRegistration, responses=refusals(NotFound, NotPermitted))
async def read_own_registration(
    meeting_id: UUID,
    registration_id: UUID,
    request: Request,
    code: Annotated[
        CodeInput,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Code", description="the code of the registration"),
    ],
) -> Response:
    """One's own answer: its state, the place in the queue, the ticket, and when and where the meeting is now."""
    dependencies: Dependencies = await injected_dependencies(request)
    with dependencies.limits.code(registration_id, client=client_of(request.scope)):
        async with dependencies.database.statement() as connection:
            row = await views.own_registration(connection, meeting_id=meeting_id, registration_id=registration_id)
            answers = await _answers(connection, row)
        if not compare_digest(code, row["code"]):
            raise NotPermitted(field="/code")
    return _answer(row, answers, dependencies)


@by_link.get("/v1/registration", response_model=OwnRegistration, responses=refusals(NotFound))
async def read_registration_of_link(
    request: Request,
    token: Annotated[
        LinkTokenInput,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Token", description="at the end of the own link"),
    ],
) -> Response:
    """One's own answer, by the link of the confirmation; with its `code` it can be changed."""
    dependencies: Dependencies = await injected_dependencies(request)
    with dependencies.limits.link(client=client_of(request.scope)):
        async with dependencies.database.statement() as connection:
            row = await views.registration_of_link(connection, bytes.fromhex(digest(token)))
            answers = await _answers(connection, row)
    return _answer(row, answers, dependencies)


async def _answers(connection: Connection, row: asyncpg.Record) -> dict[str, Any]:
    """What the person has answered to the form, and what he still has to."""
    given = row["given"] or {"answers": {}, "form_version": None}
    if not row["asked_version"] or row["state"] not in ANSWERING:
        return {**given, "answers_missing": []}
    form = await announced_form(connection, row["meeting_id"], row["asked_version"])
    return {**given, "answers_missing": form.missing(given["answers"])}


def _answer(row: asyncpg.Record, answers: dict[str, Any], dependencies: Dependencies) -> Response:
    meeting_id = row["meeting_id"]
    meeting = {name: row[name] for name in OwnMeeting.model_fields if name != "meeting_id"}
    members = {name: row[name] for name in OwnRegistration.model_fields if name in row}
    more = {
        "place": None if row["ahead"] is None else row["ahead"] + 1,
        "ticket": _ticket(row, meeting_id, dependencies),
        "meeting": OwnMeeting(meeting_id=meeting_id, **meeting),
        "moves": row["moves"] or [],
    }
    content = OwnRegistration(**members | more | answers).model_dump_json()
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


def _ticket(row: asyncpg.Record, meeting_id: UUID, dependencies: Dependencies) -> str | None:
    """The same text as in the message: a signature by Ed25519 is always the same."""
    if row["state"] != RegistrationState.CONFIRMED or not row["ticket_serial"]:
        return None
    schedule = (row["starts_at"], row["ends_at"])
    seat = Ticket.of_seat(
        meeting_id=meeting_id, registration_id=row["registration_id"], serial=row["ticket_serial"], schedule=schedule
    )
    return dependencies.tickets.sign(seat)
