"""Check-ins: what desks have scanned, at once or later, in one batch, any order, twice, harmlessly."""

import unicodedata
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, model_validator
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies, within
from services.registration.api.inputs import BooleanInput, CodeInput, InstantInput, NonceInput
from services.registration.domain.commands import CheckIn
from services.registration.ports import Ticket
from services.registration.store import MEETINGS
from shared.application import execute
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.kernel import Command, LimitReached, NotFound, NotPermitted, Role

SCANS = 20_000  # of one device at one meeting
LONGEST_QR = 7_089  # digits of the largest QR code (ISO/IEC 18004): whatever a camera reads is an answer, not an error

router = APIRouter(prefix="/v1/meetings/{meeting_id}/check-ins", tags=["check-ins"])


def _read_by_a_device(text: str) -> str:
    """The ticket without what a camera or a keyboard scanner adds, also inside: a ticket has no white space."""
    return "".join(each for each in text if not (each.isspace() or unicodedata.category(each) in {"Cc", "Cf"}))


class Scan(Input):
    """One scan: the text of a ticket, or the code of somebody without a phone; the device's own clock."""

    nonce: NonceInput = Field(description="unique per device: the same scan may be sent again")
    scanned_at: InstantInput
    ticket: Annotated[str, AfterValidator(_read_by_a_device)] | None = Field(default=None, max_length=LONGEST_QR)
    code: CodeInput | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Scan":
        if (self.ticket is None) == (self.code is None):
            raise ValueError("either a ticket or a code")
        return self


class ScanBatch(Input):
    """Scans of one device; `offline` where it could not ask at the time."""

    device: NonceInput
    offline: BooleanInput = False
    scans: tuple[Scan, ...] = Field(min_length=1, max_length=500)


class ScanResult(BaseModel):
    """`checked-in`, or `refused` with the reason."""

    nonce: str
    outcome: str
    reason: str | None
    registration_id: UUID | None


class ScanResults(BaseModel):
    """In the order of the batch."""

    results: list[ScanResult]


@router.post("", response_model=ScanResults, responses=refusals(NotFound, NotPermitted, LimitReached))
async def check_in(
    meeting_id: UUID,
    body: ScanBatch,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Let people in; who is turned away is a fact as well. One device can send 20,000 scans of a meeting."""
    require(actor, Role.DESK)

    async def act(connection: Connection) -> Reply:
        require(within(actor, (await views.meeting(connection, meeting_id))["organiser"]), Role.DESK)
        dependencies.limits.of_desk.check(actor.subject)
        if await views.count_scans(connection, meeting_id, body.device, limit=SCANS) >= SCANS:
            raise LimitReached(what="scans", limit=SCANS)
        for scan in sorted(body.scans, key=lambda one: one.scanned_at):
            command = await _command(connection, dependencies, meeting_id, body, scan, Command(actor=actor, at=at))
            await execute(connection, MEETINGS, meeting_id, command)
        known = await views.scan_outcomes(connection, meeting_id, body.device, [scan.nonce for scan in body.scans])
        return Reply(body=ScanResults(results=[_result(known[scan.nonce]) for scan in body.scans]))

    return await once(attempt, act, database=dependencies.database, actor=actor)


async def _command(
    connection: Connection, dependencies: Dependencies, meeting_id: UUID, batch: ScanBatch, scan: Scan, by: Command
) -> CheckIn:
    read = (
        dependencies.tickets.read(scan.ticket, meeting_id=meeting_id, at=scan.scanned_at)
        if scan.ticket is not None
        else None
    )
    ticket = read if isinstance(read, Ticket) else None
    registration_id = ticket.registration_id if ticket else None
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
    )


def _result(row: asyncpg.Record) -> ScanResult:
    outcome = "checked-in" if row["reason"] is None else "refused"
    return ScanResult(nonce=row["nonce"], outcome=outcome, reason=row["reason"], registration_id=row["registration_id"])
