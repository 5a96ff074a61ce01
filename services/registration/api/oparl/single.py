"""OParl: the system, its body, and each object under its own address."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path
from starlette.responses import JSONResponse

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies
from services.registration.api.oparl import answers as examples
from services.registration.api.oparl.answers import answer, answers, page_like
from services.registration.api.oparl.objects import PATH, OParl, OParlObject, list_of
from shared.contracts.base import OrganisationCode
from shared.kernel import NotFound

router = APIRouter(prefix=PATH, tags=["open data"])
_MEETING = "/meetings/{meeting_id}"


@router.get("", responses=answers(examples.SYSTEM, missing=False))
async def oparl_system(dependencies: InjectedDependencies) -> JSONResponse:
    """Where a program for OParl 1.1 begins: all that is public of meetings, without an account and without people."""
    return answer(OParl(dependencies.public_url).system_object())


@router.get("/bodies", responses=answers(page_like(examples.BODY), missing=False))
async def oparl_bodies(dependencies: InjectedDependencies) -> JSONResponse:
    """The list of all bodies in the sense of OParl: the one government whose meetings these are."""
    oparl = OParl(dependencies.public_url)
    return answer(list_of([oparl.body_object()], own=f"{oparl.root}/bodies", following=None))


@router.get("/bodies/1", responses=answers(examples.BODY, missing=False))
async def oparl_body(dependencies: InjectedDependencies) -> JSONResponse:
    """The government, with the addresses of all lists; those of people, papers and votes are empty."""
    return answer(OParl(dependencies.public_url).body_object())


@router.get("/organizations/{code}", responses=answers(examples.ORGANISATION))
async def oparl_organisation(
    code: Annotated[OrganisationCode, Path()], dependencies: InjectedDependencies
) -> JSONResponse:
    """A body of government as it is called now."""
    async with dependencies.database.reading() as connection:
        row = await views.published_organisation(connection, code)
    if row is None:
        raise NotFound
    return answer(OParl(dependencies.public_url).organisation_object(row))


@router.get(_MEETING, responses=answers(examples.MEETING))
async def oparl_meeting(meeting_id: UUID, dependencies: InjectedDependencies) -> JSONResponse:
    """A meeting that is announced and open to all, with its place, its agenda and its public documents."""
    meeting, files = await _meeting(dependencies, meeting_id)
    return answer(OParl(dependencies.public_url).meeting_object(meeting, files))


@router.get(f"{_MEETING}/location", responses=answers(examples.LOCATION))
async def oparl_location(meeting_id: UUID, dependencies: InjectedDependencies) -> JSONResponse:
    """Where such a meeting takes place."""
    meeting, _ = await _meeting(dependencies, meeting_id)
    return answer(OParl(dependencies.public_url).location_object(meeting, alone=True))


@router.get(f"{_MEETING}/agenda-items/{{item_id}}", responses=answers(examples.ITEM))
async def oparl_agenda_item(meeting_id: UUID, item_id: UUID, dependencies: InjectedDependencies) -> JSONResponse:
    """An item of the agenda of such a meeting, with its public documents."""
    meeting, files = await _meeting(dependencies, meeting_id)
    oparl = OParl(dependencies.public_url)
    return answer(_with_address(oparl.items(meeting, files, alone=True), oparl.item(meeting_id, item_id)))


@router.get(f"{_MEETING}/files/{{document_id}}", responses=answers(examples.FILE))
async def oparl_file(meeting_id: UUID, document_id: UUID, dependencies: InjectedDependencies) -> JSONResponse:
    """A public document of such a meeting: what it is called, and where it is read."""
    meeting, files = await _meeting(dependencies, meeting_id)
    oparl = OParl(dependencies.public_url)
    address = f"{oparl.meeting(meeting['meeting_id'])}/files/{document_id}"
    return answer(_with_address([oparl.file_object(one, alone=True) for one in files], address))


async def _meeting(dependencies: Dependencies, meeting_id: UUID) -> tuple[asyncpg.Record, list[asyncpg.Record]]:
    async with dependencies.database.reading() as connection:
        meeting = await views.published_meeting(connection, meeting_id)
        if meeting is None:
            raise NotFound
        return meeting, list(await views.published_files(connection, [meeting_id]))


def _with_address(objects: list[OParlObject], address: str) -> OParlObject:
    found = next((one for one in objects if one["id"] == address), None)
    if found is None:
        raise NotFound
    return found
