"""Persons: erased on request; they are recorded with what they answer, never for themselves."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.domain.person import ErasePerson
from services.registration.store import PERSONS
from shared.application import execute
from shared.database import Connection
from shared.http import Attempt, Authenticated, Now, Reply, once, refusals, require
from shared.kernel import NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/persons", tags=["persons"])


@router.post("/{person_id}/erase", status_code=204, response_class=Response, responses=refusals(NotFound, NotPermitted))
async def erase_person(
    person_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, at: Now, attempt: Attempt
) -> Response:
    """Forget a person: every service drops its copy; seats and figures stay, without a name."""
    require(actor, Role.OPERATOR)

    async def act(connection: Connection) -> Reply:
        await execute(connection, PERSONS, person_id, ErasePerson(actor=actor, at=at))
        return Reply(status=204)

    return await once(attempt, act, database=dependencies.database, actor=actor)
