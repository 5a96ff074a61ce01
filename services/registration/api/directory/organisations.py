"""Organisations: bodies of government with their names and dates, editable without a release."""

from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.directory.models import (
    ChangeView,
    OrganisationDetails,
    OrganisationInput,
    OrganisationView,
    detailed,
    detailed_state,
    viewed,
)
from services.registration.api.inputs import DayInput
from services.registration.domain.directory_refusals import (
    ChangeOutOfOrder,
    EndMissing,
    SuccessionCircle,
    SuccessorInvalid,
)
from services.registration.domain.organisation import Organisation, RecordOrganisation
from services.registration.domain.refusals import InvalidSchedule, OrganisationUnknown
from services.registration.flows.directory import change_directory
from shared.application import Outcome
from shared.contracts.base import OrganisationCode
from shared.contracts.registration import OrganisationRecorded
from shared.database import Connection, after_commit
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Now,
    Page,
    Reply,
    SearchInput,
    etag,
    expected_version,
    once,
    refusals,
    require,
)
from shared.kernel import LimitReached, NotFound, NotPermitted, Role, StaleVersion

router = APIRouter(prefix="/v1/organisations", tags=["organisations"])
Code: TypeAlias = Annotated[OrganisationCode, Path(description="for example `MOF`; it never changes")]
DIRECTORY_REFUSALS: Final = (
    *(NotPermitted, StaleVersion, InvalidSchedule, ChangeOutOfOrder, LimitReached),
    *(EndMissing, OrganisationUnknown, SuccessorInvalid, SuccessionCircle),
)
_KEPT: Final = ("kind", "parent", "abbreviation_en", "earlier", "successors", "taken_over_by")


@router.put(
    "/{code}",
    response_model=OrganisationDetails,
    responses={
        201: {"model": OrganisationDetails, "description": "There was no such body"},
        **refusals(*DIRECTORY_REFUSALS),
    },
)
async def record_organisation(
    code: Code,
    body: OrganisationInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Create a body, or correct what is recorded of it; another name from a day on is `…/changes`, its end `…/end`."""
    require(actor, Role.OPERATOR)
    command = RecordOrganisation(
        actor=actor,
        at=at,
        data=_recorded(code, body),
        kept=frozenset(_KEPT) - body.model_fields_set,
        reason=body.reason,
        expected_version=expected_version(if_match),
    )

    async def act(connection: Connection) -> Reply:
        outcome = await change_directory(connection, code, command)
        after_commit(dependencies.succession.forget)
        return organisation_reply(outcome)

    return await once(attempt, act, database=dependencies.database, actor=actor)


def _recorded(code: str, body: OrganisationInput) -> OrganisationRecorded:
    members: dict[str, Any] = {name: getattr(body, name) for name in OrganisationInput.model_fields}
    members["earlier"] = [dict(one) for one in body.earlier]
    if "taken_over_by" not in body.model_fields_set and len(body.successors) == 1:
        members["taken_over_by"] = body.successors[0]
    return OrganisationRecorded(organisation=code, **members)


def organisation_reply(outcome: Outcome[Organisation]) -> Reply:
    """A body as it stands after a command, with its ETag; 201 where the command has created it."""
    state = outcome.state
    created = bool(outcome.facts) and state.version == len(outcome.facts)
    where = {"Location": f"/v1/organisations/{state.code}"} if created else {}
    headers = {"ETag": etag(state.version), **where}
    return Reply(status=201 if created else 200, body=detailed_state(state), headers=headers)


@router.get("")
async def list_organisations(
    dependencies: InjectedDependencies,
    at: Annotated[
        DayInput | None, Query(description="only those that existed on this day, as they were called and stood then")
    ] = None,
    on: Annotated[DayInput | None, Query(description="the same as `at`", deprecated=True)] = None,
    q: Annotated[SearchInput | None, Query(description="part of a name it has or had, in any spelling")] = None,
) -> Page[OrganisationView]:
    """Bodies in protocol order; public. Without a day all that there ever were, as they are called since."""
    async with dependencies.database.reading() as connection:
        rows = await views.organisations(connection, on=at or on, text=q)
    return Page(items=[viewed(row) for row in rows])


@router.get("/{code}", responses=refusals(NotFound))
async def read_organisation(code: Code, dependencies: InjectedDependencies, response: Response) -> OrganisationDetails:
    """One body with all its names, whom it has taken over and what follows it; public. The ETag is for `If-Match`."""
    async with dependencies.database.reading() as connection:
        row = await views.organisation(connection, code)
    response.headers["ETag"] = etag(row["version"])
    return detailed(row)


@router.get("/{code}/changes", responses=refusals(NotFound, NotPermitted))
async def list_changes(code: Code, dependencies: InjectedDependencies, actor: Authenticated) -> Page[ChangeView]:
    """What was changed of a body, the newest first: by whom, when, why."""
    require(actor, Role.OPERATOR)
    async with dependencies.database.reading() as connection:
        await views.organisation(connection, code)
        rows = await views.organisation_changes(connection, code)
    return Page(items=[ChangeView(**dict(row), after=row["data"]) for row in rows])
