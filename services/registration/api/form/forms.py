"""The form of a meeting: defined and changed by the organiser, read by whoever may register."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Header
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import ClientAddress, InjectedDependencies, digest
from services.registration.api.documents.keeping import DocumentKeeping
from services.registration.api.form.fields_input import FieldInput, FieldName, FileFieldInput, field_of
from services.registration.api.inputs import text_of_header
from services.registration.api.tokens import LinkTokenInput
from services.registration.domain.documents.refusals import DocumentsNotKept
from services.registration.domain.form.checking import MOST_FIELDS
from services.registration.domain.form.commands import ChangeForm
from services.registration.domain.form.refusals import (
    BoundsReversed,
    ChoiceTaken,
    ChoiceTwice,
    ConditionUnfit,
    FieldAnswered,
    FieldNameTwice,
    FieldStays,
    FileTypeNotTaken,
    FormTooLarge,
    PersonalDataFixed,
    PersonalDataPrinted,
    TooManyFiles,
    TooManyPrinted,
)
from services.registration.domain.form.schema import schema_of_sending
from services.registration.domain.refusals import WrongPhase
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.registration import FormField
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    etag,
    expected_version,
    once,
    refusals,
)
from shared.kernel import NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/form", tags=["forms"])
_EXAMPLE: Final[dict[str, Any]] = {
    "examples": [
        [
            {
                "name": "meal",
                "kind": "choice",
                "label": {"lo": "ອາຫານທ່ຽງ", "en": "Lunch"},
                "required": True,
                "choices": [
                    {"value": "any", "label": {"lo": "ທຳມະດາ", "en": "Ordinary"}},
                    {"value": "other", "label": {"lo": "ອື່ນໆ", "en": "Other"}},
                ],
            },
            {
                "name": "meal_wishes",
                "kind": "text",
                "label": {"lo": "ລາຍລະອຽດອາຫານ", "en": "What you eat"},
                "help": {"lo": "ຕົວຢ່າງ: ແພ້ຖົ່ວດິນ", "en": "For example: allergic to peanuts"},
                "required": True,
                "shown_when": {"field": "meal", "value": "other"},
                "personal_data": True,
                "retention_days": 7,
            },
        ]
    ]
}
_CHANGES: Final = (FieldAnswered, FieldStays, ChoiceTaken, PersonalDataFixed)
_FORMS: Final = (
    BoundsReversed,
    ChoiceTwice,
    ConditionUnfit,
    FieldNameTwice,
    FormTooLarge,
    PersonalDataPrinted,
    TooManyFiles,
    TooManyPrinted,
)
_FILES: Final = (DocumentsNotKept, FileTypeNotTaken)


class FormInput(Input):
    """The whole form, in the order in which people are asked."""

    fields: list[FieldInput] = Field(max_length=MOST_FIELDS, json_schema_extra=_EXAMPLE)
    erase_answers: list[FieldName] = Field(
        default_factory=list,
        max_length=MOST_FIELDS,
        description="fields that are removed, or become of another kind, although people have answered them: their "
        "answers are erased",
    )


class FormView(BaseModel):
    """What people are asked when they register."""

    meeting_id: UUID
    form_version: int = Field(description="counts from 1; 0 where nothing was ever asked")
    fields: tuple[FormField, ...] = Field(description="in the order in which people are asked")
    json_schema: dict[str, Any] = Field(description="of the member `answers` of a registration (draft 2020-12)")


class FormState(FormView):
    """The form after a change, and the version of the meeting."""

    version: int


@router.put(
    "",
    response_model=FormState,
    responses=refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, *_FORMS, *_FILES, *_CHANGES),
)
async def change_form(
    meeting_id: UUID,
    body: FormInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Ask people these questions when they register, until the meeting begins; sent twice, it changes nothing.

    Nobody is told of it. Once people have answered, no answer is lost: a field that has answers is removed, or becomes
    of another kind, only where `erase_answers` names it; a choice that somebody has made stays, and so does the mark
    of personal data. Everything else may change: answers are kept with the version to which they were given.
    """
    _check_files(body.fields, dependencies.keeping)
    command = ChangeForm(
        actor=actor,
        at=at,
        expected_version=expected_version(if_match),
        fields=tuple(field_of(field) for field in body.fields),
        erase_answers=frozenset(body.erase_answers),
    )

    async def act(connection: Connection) -> Reply:
        meeting = (await execute(connection, MEETINGS, meeting_id, command)).state
        form = _view(meeting_id, await views.form_of_meeting(connection, meeting_id))
        body = FormState(version=meeting.version, **vars(form))
        return Reply(body=body, headers={"ETag": etag(meeting.version)})

    return await once(attempt, act, database=dependencies.database, actor=actor)


@router.get("", responses=refusals(NotFound))
async def read_form(
    meeting_id: UUID,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    token: Annotated[
        LinkTokenInput | None,
        BeforeValidator(text_of_header),
        Header(
            alias="Invitation-Token",
            description="at the end of the link to an invitation or to one's own answer; needed by invitation",
        ),
    ] = None,
) -> FormView:
    """What people are asked who register, and the JSON Schema of their answers; once the meeting is announced."""
    shown = dependencies.limits.link(client=client) if token else nullcontext()
    with shown:
        async with dependencies.database.reading() as connection:
            row = await views.public_form(connection, meeting_id, bytes.fromhex(digest(token)) if token else None)
    return _view(meeting_id, row)


def _check_files(fields: Sequence[FieldInput], keeping: DocumentKeeping | None) -> None:
    """Raise `DocumentsNotKept` or `FileTypeNotTaken` where files of a field could never be taken here."""
    for place, field in enumerate(fields):
        if not isinstance(field, FileFieldInput):
            continue
        if keeping is None:
            raise DocumentsNotKept(field=f"/fields/{place}/kind")
        for number, media_type in enumerate(field.media_types):
            if media_type not in keeping.allowed:
                raise FileTypeNotTaken(field=f"/fields/{place}/media_types/{number}", allowed=keeping.allowed)


def _view(meeting_id: UUID, row: asyncpg.Record) -> FormView:
    fields = tuple(FormField.model_validate(field) for field in row["fields"])
    schema = schema_of_sending(fields)
    return FormView(meeting_id=meeting_id, form_version=row["version"], fields=fields, json_schema=schema)
