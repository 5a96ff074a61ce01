"""Inviting many bodies at once: a verdict for each, and a row that is refused stops no other."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies, within
from services.registration.api.invitations.invitations import (
    InvitationCreated,
    InvitationInput,
    InvitationKept,
    invite,
    opened,
)
from shared.database import Connection, savepoint
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.kernel import Command, NotFound, NotPermitted, Refusal, Role

LONGEST_GROUP = 200

router = APIRouter(prefix="/v1/meetings/{meeting_id}/invitations", tags=["invitations"])


class GroupInput(Input):
    """Bodies that are invited together; a longer list is sent as several groups, each with its Idempotency-Key."""

    rows: Annotated[list[InvitationInput], Field(min_length=1, max_length=LONGEST_GROUP)]


class RowRefused(BaseModel):
    """Why a body was not invited; `field` is the offending member of the request, where there is one."""

    row: int
    organisation: str
    code: str
    lo: str
    en: str
    field: str | None


class GroupKept(BaseModel):
    """What is kept of the answer under its Idempotency-Key: links only sealed."""

    invited: list[InvitationKept]
    refused: list[RowRefused]


class GroupInvited(BaseModel):
    """The bodies that were invited, each with its link, and those that were not, each with the reason."""

    invited: list[InvitationCreated]
    refused: list[RowRefused]


@router.post("/bulk", response_model=GroupInvited, responses=refusals(NotFound, NotPermitted))
async def invite_organisations(
    meeting_id: UUID,
    body: GroupInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Invite up to 200 bodies; those that cannot be invited are named with the reason, the others are invited."""

    async def act(connection: Connection) -> Reply:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        require(within(actor, meeting["organiser"]), Role.ORGANISER)
        return Reply(body=await _invite_each(connection, dependencies, meeting, body, by=Command(actor=actor, at=at)))

    return _with_links(await once(attempt, act, database=dependencies.database, actor=actor), dependencies)


async def _invite_each(
    connection: Connection, dependencies: Dependencies, meeting: asyncpg.Record, body: GroupInput, *, by: Command
) -> GroupKept:
    outcome = GroupKept(invited=[], refused=[])
    for number, row in enumerate(body.rows):
        try:
            async with savepoint(connection):
                kept = await invite(connection, dependencies, meeting, row, by=by, field=f"/rows/{number}")
            outcome.invited.append(kept)
        except Refusal as refusal:
            outcome.refused.append(_refused(number, row, refusal))
    return outcome


def _refused(number: int, row: InvitationInput, refusal: Refusal) -> RowRefused:
    """The member where it is in the request: rules name it as in a request for one body."""
    at = f"/rows/{number}"
    field = refusal.field if refusal.field is None or refusal.field.startswith(at) else f"{at}{refusal.field}"
    return RowRefused(
        row=number,
        organisation=row.organisation,
        code=refusal.code,
        lo=refusal.lao,
        en=refusal.english,
        field=field,
    )


def _with_links(answer: Response, dependencies: Dependencies) -> Response:
    """The answer that was kept, as it is given: with the links opened."""
    kept = GroupKept.model_validate_json(bytes(answer.body))
    told = GroupInvited(invited=[opened(one, dependencies) for one in kept.invited], refused=kept.refused)
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(told.model_dump_json(), status_code=answer.status_code, headers=headers)
