"""The draft of the minutes, and the sections that the secretary writes himself."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.minutes import views
from services.minutes.api.models import (
    InjectedDependencies,
    MinutesDetail,
    MinutesState,
    overview,
    require_own,
    sections,
    state_reply,
)
from services.minutes.domain.commands import (
    DraftMinutes,
    ReviseMinutes,
)
from services.minutes.domain.draft import Section
from services.minutes.domain.refusals import (
    CharactersNotPrintable,
    MeetingNotHeld,
    NothingEdited,
    WrongPhase,
)
from services.minutes.flows import draft_now
from services.minutes.store import MINUTES
from shared.application import execute
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Input,
    LongTextInput,
    Now,
    PreconditionMissing,
    Reply,
    ShortTextInput,
    etag,
    once,
    refusals,
    required_version,
)
from shared.kernel import LimitReached, NotFound, NotPermitted, Role, StaleVersion

router = APIRouter(prefix="/v1/minutes/{minutes_id}", tags=["writing"])
WRITING = (NotFound, NotPermitted, WrongPhase)
RETRY_SECONDS = 5.0
"""Seconds after which a caller may ask again for a draft whose persons or bodies are not known yet."""


class TextInput(Input):
    """The sections that are written anew; null gives a section back to the draft, one left out stays as it is.

    `quote`, `background` and `outcome` are for the news item.
    """

    opening: LongTextInput | None = None
    purpose: LongTextInput | None = None
    summary: LongTextInput | None = None
    closing: LongTextInput | None = None
    place: ShortTextInput | None = None
    recorder: ShortTextInput | None = None
    quote: LongTextInput | None = None
    background: LongTextInput | None = None
    outcome: LongTextInput | None = None

    def edits(self) -> dict[Section, str | None]:
        """The sections that were sent."""
        return {Section(name): getattr(self, name) for name in self.model_fields_set}


@router.post("/draft", response_model=MinutesState, responses=refusals(*WRITING, MeetingNotHeld))
async def draft_minutes(
    minutes_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, at: Now, attempt: Attempt
) -> Response:
    """Draft again from what is known by now; sections that somebody has written stay."""

    async def act(connection: Connection) -> Reply:
        require_own(actor, (await views.minutes(connection, minutes_id))["organiser"], Role.SECRETARY)
        draft = await draft_now(connection, minutes_id, retry_after=RETRY_SECONDS)
        command = DraftMinutes(actor=actor, at=at, draft=draft)
        return state_reply(await execute(connection, MINUTES, minutes_id, command))

    return await once(attempt, act, database=dependencies.database, actor=actor)


@router.put(
    "/text",
    response_model=MinutesDetail,
    responses=refusals(
        *WRITING, StaleVersion, PreconditionMissing, NothingEdited, LimitReached, CharactersNotPrintable
    ),
)
async def revise_minutes(
    minutes_id: UUID,
    body: TextInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Write sections oneself; nobody overwrites a text that he has not read."""
    revision = required_version(if_match)
    command = ReviseMinutes(actor=actor, at=at, expected_revision=revision, edits=body.edits())

    async def act(connection: Connection) -> Reply:
        await execute(connection, MINUTES, minutes_id, command)
        row = await views.minutes(connection, minutes_id)
        names = ("returned", "approved_at", "published_at")
        detail = MinutesDetail(**overview(row), **{name: row[name] for name in names}, text=sections(row))
        return Reply(body=detail, headers={"ETag": etag(detail.revision)})

    return await once(attempt, act, database=dependencies.database, actor=actor)
