"""A meeting like an earlier one: everything that makes it is copied, at another time."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies, within
from services.registration.api.inputs import BilingualInput, BooleanInput, InstantInput
from services.registration.api.meetings.meetings import DRAFT_REFUSALS, MeetingState, state_reply
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.flows.copies import Copy, copy_meeting
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.kernel import Command, InvalidValue, NotFound, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}/copies", tags=["meetings"])


class CopyInput(Input):
    """When the copy takes place, and what of it is another one."""

    starts_at: InstantInput
    ends_at: InstantInput
    title: BilingualInput | None = Field(default=None, description="of the earlier meeting without one")
    venue: BilingualInput | None = Field(default=None, description="as above")
    chair: PersonInput | None = Field(default=None, description="as above; needed if that person was erased since")
    documents: BooleanInput = Field(default=False, description="also its documents, with the files that they have now")
    continues: BooleanInput = Field(
        default=False, description="it is the next meeting after the earlier one: `previous_meeting_id` names that"
    )


class LeftOut(BaseModel):
    """Something of the earlier meeting that the copy does not have."""

    what: str
    text: Bilingual


class MeetingCopied(MeetingState):
    """The draft that is a copy, and what it does not have."""

    left_out: list[LeftOut]


PEOPLE: Final = LeftOut(
    what="participants",
    text=Bilingual(
        lo="ຜູ້ເຂົ້າຮ່ວມ, ໜັງສືເຊີນ ແລະ ຄຳຕອບ ຂອງກອງປະຊຸມເກົ່າ", en="participants, invitations and answers of the earlier meeting"
    ),
)
PAPERS: Final = LeftOut(
    what="documents", text=Bilingual(lo="ເອກະສານ (ບໍ່ໄດ້ຂໍໃຫ້ສຳເນົາ)", en="documents, as they were not asked for")
)
FORMER: Final = LeftOut(what="versions", text=Bilingual(lo="ສະບັບເກົ່າ ຂອງເອກະສານ", en="former versions of its documents"))


@router.post(
    "",
    status_code=201,
    response_model=MeetingCopied,
    responses=refusals(NotFound, InvalidValue, *DRAFT_REFUSALS, *PERSON_REFUSALS),
)
async def copy_meeting_as_draft(
    meeting_id: UUID,
    body: CopyInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Draft a meeting like one of the own body, in whatever state that is; a draft that is never opened is a template.

    Copied are texts, venue, chair, co-hosts and their contacts, seats, policy with its deadline as long before the
    beginning, agenda and form; documents if asked for. `left_out` says what is not.
    """

    async def act(connection: Connection) -> Reply:
        source = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        require(within(actor, source["organiser"]), Role.ORGANISER)
        dependencies.limits.drafts.take(actor.subject)
        named, collecting = body.chair, dependencies.collecting(Command(actor=actor, at=at), purpose="hosting")
        told = (new_id(), source["organiser"])
        chair = named.recorded(*told, field="/chair", collecting=collecting) if named else None
        copy = Copy(
            meeting_id=new_id(),
            schedule=(body.starts_at, body.ends_at),
            actor=actor,
            at=at,
            title=body.title,
            venue=body.venue,
            chair=chair,
            documents=body.documents,
            previous=meeting_id if body.continues else None,
        )
        kept = state_reply(await copy_meeting(connection, source, copy), status=201)
        assert isinstance(kept.body, MeetingState)  # noqa: S101 -- of `state_reply`
        copied = MeetingCopied(left_out=[PEOPLE, FORMER if body.documents else PAPERS], **dict(kept.body))
        location = {"Location": f"/v1/meetings/{copy.meeting_id}"}
        return Reply(status=201, body=copied, headers={**kept.headers, **location})

    return await once(attempt, act, database=dependencies.database, actor=actor)
