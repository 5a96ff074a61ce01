"""Drafts under a key that the client chooses: created, replaced as a whole, deleted."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.meetings.hosts_input import hosts_of
from services.registration.api.meetings.meetings import (
    DRAFT_REFUSALS,
    MeetingInput,
    MeetingState,
    draft_of,
    state_reply,
)
from services.registration.domain.commands import DiscardDraft
from services.registration.domain.refusals import WrongPhase
from services.registration.flows.hosts import discard_draft, put_draft
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    IfNoneMatch,
    Now,
    Reply,
    expected_version,
    once,
    refusals,
    unwanted_version,
)
from shared.kernel import Command, NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings", tags=["meetings"])


@router.put(
    "/{meeting_id}",
    response_model=MeetingState,
    responses={
        201: {"model": MeetingState, "description": "There was no such meeting: it is a draft now"},
        **refusals(*DRAFT_REFUSALS, WrongPhase, StaleVersion),
    },
)
async def put_meeting(
    meeting_id: UUID,
    body: MeetingInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draft a meeting under a key of one's own, or replace the draft that has it; sent twice, it changes nothing.

    The key is a UUID, best of version 7, as the list of meetings is in its order. `If-Match` replaces only what was
    read, `If-None-Match: *` only creates. Nobody is told of a draft; an open meeting is changed with PATCH.
    """
    expected, unwanted = expected_version(if_match), unwanted_version(if_none_match)
    collecting = dependencies.collecting(Command(actor=actor, at=at), purpose="hosting")
    hosts = hosts_of(body, organiser=body.organiser, collecting=collecting)
    command = draft_of(body, hosts, meeting_id=meeting_id, actor=actor, at=at)

    async def act(connection: Connection) -> Reply:
        meeting, before = await put_draft(connection, command, hosts, expected=expected)
        if not before:
            _check_new(if_match)
            dependencies.limits.drafts.take(actor.subject)
        elif unwanted is None or before in unwanted:
            raise StaleVersion(version=before)
        return state_reply(meeting, status=200 if before else 201)

    return await once(attempt, act, database=dependencies.database, actor=actor)


def _check_new(if_match: str | None) -> None:
    """What is not there yet matches no tag, not even `*` (RFC 9110, 13.1.1)."""
    if if_match is not None:
        raise StaleVersion


@router.delete("/{meeting_id}", status_code=204, responses=refusals(NotFound, NotPermitted, WrongPhase, StaleVersion))
async def discard_meeting(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Delete a draft, with the persons who were named in it; nobody is told. An open meeting is cancelled instead."""
    command = DiscardDraft(actor=actor, at=at, expected_version=expected_version(if_match))

    async def act(connection: Connection) -> Reply:
        await discard_draft(connection, meeting_id, command)
        return Reply(status=204)

    return await once(attempt, act, database=dependencies.database, actor=actor)
