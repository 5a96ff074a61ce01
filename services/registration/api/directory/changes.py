"""What happens to a body of government on a day: it is called or stands otherwise, or is no more."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.responses import Response

from services.registration.api.dependencies import Dependencies, InjectedDependencies
from services.registration.api.directory.models import (
    IN_ORDER,
    TAKES_OVER,
    AbbreviationInput,
    OrganisationDetails,
    OrganisationKind,
    ProtocolOrderInput,
    SuccessorsInput,
)
from services.registration.api.directory.organisations import DIRECTORY_REFUSALS, Code, organisation_reply
from services.registration.api.inputs import BilingualInput, DayInput
from services.registration.domain.organisation import CHANGING, ChangeOrganisation, EndOrganisation
from services.registration.flows.directory import change_directory
from shared.contracts.base import OrganisationCode
from shared.database import Connection, after_commit
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    ShortTextInput,
    expected_version,
    once,
    refusals,
    require,
)
from shared.kernel import NotFound, Role

router = APIRouter(prefix="/v1/organisations/{code}", tags=["organisations"])
_REFUSALS = refusals(NotFound, *DIRECTORY_REFUSALS)


class OrganisationChangeInput(Input):
    """What is otherwise from a day on; members that are left out stay as they are."""

    day: Annotated[DayInput, Field(description="the first day on which it is so")]
    name: BilingualInput | None = None
    abbreviation_lo: AbbreviationInput | None = None
    abbreviation_en: AbbreviationInput | None = None
    protocol_order: ProtocolOrderInput | None = Field(default=None, description=IN_ORDER)
    kind: OrganisationKind | None = None
    parent: OrganisationCode | None = None
    reason: ShortTextInput = Field(description="why, for example the decree; kept in the list of changes")

    @model_validator(mode="after")
    def _something(self) -> "OrganisationChangeInput":
        if not set(CHANGING) & self.model_fields_set:
            raise ValueError("nothing is said to change")
        if any(name in self.model_fields_set and getattr(self, name) is None for name in ("name", "protocol_order")):
            raise ValueError("a body has a name and a place in the protocol")
        return self


class OrganisationEndInput(Input):
    """From which day on a body is no more, and where its work goes: merged, split, renamed or dissolved."""

    day: Annotated[DayInput, Field(description="the first day on which it is no more")]
    successors: SuccessorsInput = Field(
        default=(), description="one: it was merged or renamed; several: it was split; none: it was dissolved"
    )
    taken_over_by: OrganisationCode | None = Field(default=None, description=TAKES_OVER)
    reason: ShortTextInput = Field(description="why, for example the decree; kept in the list of changes")


@router.post("/changes", response_model=OrganisationDetails, responses=_REFUSALS)
async def change_organisation(
    code: Code,
    body: OrganisationChangeInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """From a day on the body is called or stands otherwise; meetings before it keep the names that they have.

    Sent again for the same day it corrects that change.
    """
    require(actor, Role.OPERATOR)
    changes: dict[str, Any] = {name: getattr(body, name) for name in CHANGING if name in body.model_fields_set}
    command = ChangeOrganisation(
        actor=actor,
        at=at,
        day=body.day,
        changes=changes,
        reason=body.reason,
        expected_version=expected_version(if_match),
    )
    return await _carry_out(dependencies, code, command, attempt=attempt)


@router.post("/end", response_model=OrganisationDetails, responses=_REFUSALS)
async def end_organisation(
    code: Code,
    body: OrganisationEndInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """The body is no more from a day on. Whoever takes it over acts for it from that day: its invitations stay good."""
    require(actor, Role.OPERATOR)
    command = EndOrganisation(
        actor=actor,
        at=at,
        day=body.day,
        successors=body.successors,
        taken_over_by=body.taken_over_by,
        reason=body.reason,
        expected_version=expected_version(if_match),
    )
    return await _carry_out(dependencies, code, command, attempt=attempt)


async def _carry_out(
    dependencies: Dependencies, code: str, command: ChangeOrganisation | EndOrganisation, *, attempt: Attempt
) -> Response:
    async def act(connection: Connection) -> Reply:
        outcome = await change_directory(connection, code, command)
        after_commit(dependencies.succession.forget)
        return organisation_reply(outcome)

    return await once(attempt, act, database=dependencies.database, actor=command.actor)
