"""Check-ins: what desks have scanned, at once or later, in one batch, any order, twice, harmlessly."""

from collections.abc import Mapping
from dataclasses import fields
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.check_in.scans import Scan, ScanBatch, UnreadableScan
from services.registration.api.check_in.walk_ins import WalkInInput, unknown_body
from services.registration.api.dependencies import Dependencies, InjectedDependencies, within
from services.registration.domain.commands import CheckIn
from services.registration.domain.desk.commands import AdmitWalkIn
from services.registration.flows import new_code
from services.registration.flows.walk_ins import admit_walk_in
from services.registration.ports import Ticket
from services.registration.store import MEETINGS
from services.registration.store.walk_ins import registered_body
from shared.application import execute
from shared.contracts.ids import derived_id
from shared.database import Connection
from shared.http import Attempt, Authenticated, Now, Reply, once, refusals, require
from shared.http.body import repairs_texts
from shared.http.rate_limits import TooManyRequests
from shared.http.validation import FieldProblem
from shared.kernel import Command, LimitReached, NotFound, NotPermitted, Role

SCANS = 20_000  # of one device at one meeting
_KEPT = ("nonce", "reason", "registration_id", "would_have_been_refused", "clock_skew", "over_capacity")

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
    over_capacity: bool = Field(
        default=False, description="of somebody who had not registered: no seat was free for him, and he is counted"
    )
    problems: list[FieldProblem] | None = Field(
        default=None, description="of an invalid scan; of a walk-in let in offline: what of him could not be kept"
    )


class ScanResults(BaseModel):
    """In the order of the batch."""

    results: list[ScanResult]


@router.post("", response_model=ScanResults, responses=refusals(NotFound, NotPermitted, LimitReached, TooManyRequests))
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
        problems: dict[str, list[FieldProblem]] = {}
        for scan in body.readable:
            command = await _command(connection, dependencies, meeting_id, body, scan, Command(actor=actor, at=at))
            if scan.walk_in is None:
                await execute(connection, MEETINGS, meeting_id, command)
            else:
                problems[scan.nonce] = await _admit(connection, dependencies, meeting_id, command, scan.walk_in)
        known = await views.scan_outcomes(connection, meeting_id, body.device, [scan.nonce for scan in body.readable])
        return Reply(body=ScanResults(results=[_result(scan, known, problems) for scan in body.scans]))

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


async def _admit(
    connection: Connection, dependencies: Dependencies, meeting_id: UUID, scan: CheckIn, walk_in: WalkInInput
) -> list[FieldProblem]:
    """Let in somebody who has not registered; returns what could not be kept of him, and online lets nobody in then."""
    problems = walk_in.unusable(sms=dependencies.sms)
    usable = walk_in.without(problems)
    body = await registered_body(connection, walk_in.organisation)
    if walk_in.organisation and body != walk_in.organisation:
        problems.append(unknown_body())
    if scan.offline or not problems:
        ids = [derived_id(what, meeting_id, scan.device, scan.nonce) for what in ("walk-in", "walk-in person")]
        person = usable.recorded(ids[1], body or scan.actor.organisation or "", sms=dependencies.sms, by=scan)
        known = {field.name: getattr(scan, field.name) for field in fields(scan)} | {"registration_id": ids[0]}
        await admit_walk_in(connection, meeting_id, AdmitWalkIn(**known, person=person, code=new_code()))
    return problems


def _result(
    scan: Scan | UnreadableScan, known: Mapping[str, asyncpg.Record], problems: Mapping[str, list[FieldProblem]]
) -> ScanResult:
    if isinstance(scan, UnreadableScan):
        return _invalid(scan.nonce, scan.problems)
    found = problems.get(scan.nonce) or None
    if found and scan.nonce not in known:
        return _invalid(scan.nonce, found)
    row = known[scan.nonce]
    outcome = "refused" if row["reason"] else row["movement"] or "checked-in"
    return ScanResult(outcome=outcome, problems=found, **{name: row[name] for name in _KEPT})


def _invalid(nonce: str | None, problems: list[FieldProblem]) -> ScanResult:
    return ScanResult(nonce=nonce, outcome="invalid", reason=problems[0].code, registration_id=None, problems=problems)
