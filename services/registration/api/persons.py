"""Persons: erased on request; they are recorded with what they answer, never for themselves."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.domain.person import ErasePerson
from services.registration.flows import erasing
from shared.database import Connection
from shared.http import Attempt, Authenticated, Now, Reply, once, refusals, require
from shared.kernel import NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/persons", tags=["persons"])


class KeptData(BaseModel):
    """Something that an erasure leaves, and why."""

    service: str
    what: str
    rows: int | None = Field(default=None, description="how many; null where only the service itself can count them")
    why: str


class DroppedData(BaseModel):
    """Something that an erasure takes away."""

    service: str
    what: str


class ErasureReport(BaseModel):
    """What an erasure leaves and takes away, in every service: before it as a preview, after it as a record."""

    person_id: UUID
    erased: bool
    dropped: list[DroppedData]
    kept: list[KeptData]


DROPPED: Final = (
    (
        "registration",
        "name, position, rank, number, address, gender, language of the person; reasons of his answers; his forms",
    ),
    ("registration", "for what, by whom and when they were collected, and which privacy notice he was shown"),
    ("notification", "the same data of the person, what the calendar of his address holds, and messages not yet sent"),
    ("minutes", "the data of the person, in meetings whose minutes are not drafted yet"),
    ("kafka", "all records of the person but the last, which says that he was erased, when the topic is compacted"),
)
_BY_LAW: Final = "the law asks for the record of an official meeting (retention of the archive)"
KEPT: Final = (
    ("registration", "who did what and when with his answers, without a name", "what was done can be accounted for"),
    ("minutes", "the name in minutes and news that were drafted before", _BY_LAW),
    ("archive", "the name in sealed packages; hashes of facts", _BY_LAW),
    ("registration", "published facts for seven days, so that an empty Kafka can be filled again", "operation"),
    ("registration", "answers stored for an Idempotency-Key for two days", "a repeated request has the same answer"),
    ("all", "backups, until they end", "a backup is not changed"),
)


@router.post("/{person_id}/erase", status_code=204, response_class=Response, responses=refusals(NotFound, NotPermitted))
async def erase_person(
    person_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, at: Now, attempt: Attempt
) -> Response:
    """Forget a person: every service drops its copy; seats and figures stay, without a name."""
    require(actor, Role.OPERATOR)
    command = ErasePerson(actor=actor, at=at)

    async def act(connection: Connection) -> Reply:
        await erasing.erase_person(connection, person_id, command)
        return Reply(status=204)

    return await once(attempt, act, database=dependencies.database, actor=actor)


@router.get("/{person_id}/erasure", responses=refusals(NotFound, NotPermitted))
async def erasure_report(person_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> ErasureReport:
    """What an erasure of a person leaves and takes away, and why; without his name, before it and after it."""
    require(actor, Role.OPERATOR)
    async with dependencies.database.reading() as connection:
        held = await views.held_of_person(connection, person_id)
    counted = (
        ("answers, by identifier, state, body and rank", held.registrations, "seats and figures stay as they were"),
        ("scans at the entrance, by identifier", held.scans, "who was counted stays counted"),
        ("rows of lists that wait to be applied, with the name", held.import_lines, "they go with the person"),
    )
    return ErasureReport(
        person_id=person_id,
        erased=held.erased,
        dropped=[DroppedData(service=service, what=what) for service, what in DROPPED],
        kept=[
            *(KeptData(service="registration", what=what, rows=rows, why=why) for what, rows, why in counted if rows),
            *(KeptData(service=service, what=what, why=why) for service, what, why in KEPT),
        ],
    )
