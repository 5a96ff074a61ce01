"""Check-ins: what desks have scanned, at once or later, in one batch, any order, twice, harmlessly."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.check_in.scans import Scan, ScanBatch, UnreadableScan
from services.registration.api.dependencies import Dependencies, InjectedDependencies, within
from services.registration.domain.commands import CheckIn
from services.registration.ports import Ticket
from services.registration.store import MEETINGS
from shared.application import execute
from shared.database import Connection
from shared.http import Attempt, Authenticated, Now, Reply, once, refusals, require
from shared.http.body import repairs_texts
from shared.http.validation import FieldProblem
from shared.kernel import Command, LimitReached, NotFound, NotPermitted, Role

SCANS = 20_000  # of one device at one meeting
_KEPT = ("nonce", "reason", "registration_id", "would_have_been_refused", "clock_skew")

router = APIRouter(prefix="/v1/meetings/{meeting_id}/check-ins", tags=["check-ins"])


class ScanResult(BaseModel):
    """What came of one scan; one that is `invalid` is not recorded and need not be sent again."""

    nonce: str | None = Field(description="null where it could not be read")
    outcome: str = Field(
        description="checked-in, left, returned, refused, or invalid: it is no scan, `problems` says why"
    )
    reason: str | None = Field(description="of a refusal; of an invalid scan the kind of its first mistake")
    registration_id: UUID | None
    would_have_been_refused: str | None = Field(
        default=None, description="let in by a desk without a network, against what is known now"
    )
    clock_skew: int | None = Field(
        default=None, description="seconds by which the device's clock is ahead; null where it cannot be known"
    )
    problems: list[FieldProblem] | None = None


class ScanResults(BaseModel):
    """In the order of the batch."""

    results: list[ScanResult]


@router.post("", response_model=ScanResults, responses=refusals(NotFound, NotPermitted, LimitReached))
@repairs_texts
async def check_in(
    meeting_id: UUID,
    body: ScanBatch,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Let people in; who is turned away is a fact as well. One device can send 20,000 scans of a meeting.

    Online the server's clock counts. A desk that was offline has let people in already: they are counted, with
    `would_have_been_refused` where it should not have. Each scan has a verdict of its own, in the order of the batch.
    """
    require(actor, Role.DESK)

    async def act(connection: Connection) -> Reply:
        require(within(actor, (await views.meeting(connection, meeting_id))["organiser"]), Role.DESK)
        dependencies.limits.of_desk.check(actor.subject)
        if await views.count_scans(connection, meeting_id, body.device, limit=SCANS) >= SCANS:
            raise LimitReached(what="scans", limit=SCANS)
        for scan in body.readable:
            command = await _command(connection, dependencies, meeting_id, body, scan, Command(actor=actor, at=at))
            await execute(connection, MEETINGS, meeting_id, command)
        known = await views.scan_outcomes(connection, meeting_id, body.device, [scan.nonce for scan in body.readable])
        return Reply(body=ScanResults(results=[_result(scan, known) for scan in body.scans]))

    return await once(attempt, act, database=dependencies.database, actor=actor)


async def _command(
    connection: Connection, dependencies: Dependencies, meeting_id: UUID, batch: ScanBatch, scan: Scan, by: Command
) -> CheckIn:
    read = dependencies.tickets.read(scan.ticket, meeting_id=meeting_id) if scan.ticket is not None else None
    ticket = read if isinstance(read, Ticket) else None
    registration_id = ticket.registration_id if ticket else scan.registration_id
    if scan.code is not None:
        registration_id = await views.seat_by_code(connection, meeting_id, scan.code)
        if registration_id is None:
            dependencies.limits.of_desk.wrong(by.actor.subject)
    return CheckIn(
        actor=by.actor,
        at=by.at,
        registration_id=registration_id,
        serial=ticket.serial if ticket else None,
        fault=read if isinstance(read, str) else None,
        device=batch.device,
        nonce=scan.nonce,
        scanned_at=scan.scanned_at,
        offline=batch.offline,
        sent_at=batch.sent_at,
        turned_away=scan.turned_away if batch.offline else None,
        leaving=scan.direction == "exit",
        method=scan.method,
    )


def _result(scan: Scan | UnreadableScan, known: Mapping[str, asyncpg.Record]) -> ScanResult:
    if isinstance(scan, UnreadableScan):
        return ScanResult(
            nonce=scan.nonce,
            outcome="invalid",
            reason=scan.problems[0].code,
            registration_id=None,
            problems=scan.problems,
        )
    row = known[scan.nonce]
    outcome = "refused" if row["reason"] else row["movement"] or "checked-in"
    return ScanResult(outcome=outcome, **{name: row[name] for name in _KEPT})
