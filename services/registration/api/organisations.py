"""Organisations: bodies of government with their names and dates, editable without a release."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.inputs import BilingualInput, DayInput, IntegerInput
from services.registration.domain.organisation import Organisation, RecordOrganisation
from services.registration.domain.refusals import InvalidSchedule
from services.registration.store import ORGANISATIONS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.base import Bilingual, OrganisationCode
from shared.contracts.registration import OrganisationRecorded
from shared.http import (
    Authenticated,
    Input,
    Now,
    Page,
    Reply,
    SearchInput,
    ShortTextInput,
    refusals,
    require,
)
from shared.kernel import NotPermitted, Role

router = APIRouter(prefix="/v1/organisations", tags=["organisations"])


class OrganisationInput(Input):
    """A body as it is called between two dates."""

    name: BilingualInput
    abbreviation_lo: ShortTextInput | None = None
    protocol_order: IntegerInput = Field(ge=0, le=100_000, description="bodies are listed in this order")
    valid_from: DayInput | None = None
    valid_until: DayInput | None = Field(default=None, description="the first day on which it is no more")


class OrganisationView(BaseModel):
    """A body."""

    code: str
    name: Bilingual
    abbreviation_lo: str | None
    protocol_order: int
    valid_from: date | None
    valid_until: date | None


@router.put(
    "/{code}",
    response_model=OrganisationView,
    responses={
        201: {"model": OrganisationView, "description": "There was no such body"},
        **refusals(NotPermitted, InvalidSchedule),
    },
)
async def record_organisation(
    code: Annotated[OrganisationCode, Path()],
    body: OrganisationInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Create or replace a body."""
    require(actor, Role.OPERATOR)
    members = {name: getattr(body, name) for name in OrganisationInput.model_fields}
    data = OrganisationRecorded(organisation=code, **members)
    view = OrganisationView(code=code, **members)

    def reply(outcome: Outcome[Organisation]) -> Reply:
        if outcome.facts and outcome.state.version == len(outcome.facts):
            return Reply(status=201, body=view, headers={"Location": f"/v1/organisations/{code}"})
        return Reply(body=view)

    return await carry_out(ORGANISATIONS, code, RecordOrganisation(actor=actor, at=at, data=data), reply)


@router.get("")
async def list_organisations(
    dependencies: InjectedDependencies,
    on: Annotated[DayInput | None, Query(description="only those that existed on this day")] = None,
    q: Annotated[SearchInput | None, Query(description="part of a name, in any spelling")] = None,
) -> Page[OrganisationView]:
    """Bodies in protocol order; public."""
    async with dependencies.database.reading() as connection:
        rows = await views.organisations(connection, on=on, text=q)
    names = ("code", "abbreviation_lo", "protocol_order", "valid_from", "valid_until")
    items = [
        OrganisationView(name=Bilingual(lo=row["name_lo"], en=row["name_en"]), **{name: row[name] for name in names})
        for row in rows
    ]
    return Page(items=items)
