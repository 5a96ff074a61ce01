"""Files that answer a form: sent by the person himself or by the organiser, read by both, taken back."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Header, Path
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import ACCOUNT, Dependencies, InjectedDependencies
from services.registration.api.documents.downloads import FILE, disposition
from services.registration.api.documents.keeping import FILE_BYTES, MEDIA_TYPES, DocumentKeeping
from services.registration.api.documents.receiving import received
from services.registration.api.form.answers import AnswersView, answers_view
from services.registration.api.form.fields_input import FieldName
from services.registration.api.form.holders import AnyHolder, Proof
from services.registration.domain.documents.refusals import (
    DocumentsNotKept,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    FileTypeDiffers,
)
from services.registration.domain.documents.state import StoredFile
from services.registration.domain.form.commands import ChangeOwnAnswers, CorrectAnswers
from services.registration.domain.form.refusals import AnswersInvalid, NoFileAsked, NoFileGiven
from services.registration.domain.refusals import NotSeated, WrongPhase
from services.registration.domain.state import Phase
from services.registration.flows.form_answers import answer_form
from services.registration.store.files import claim_file
from services.registration.store.form.answers import stored_answers
from services.registration.store.form.forms import current_form
from shared.contracts.registration import FormField
from shared.database import Connection
from shared.http import Attempt, Now, Reply, once, refusals
from shared.http.ranges import RangeNotSatisfiable, ranged
from shared.http.rate_limits import TooManyRequests
from shared.http.uploads import UnsupportedFileType, takes_files
from shared.kernel import NotFound, NotPermitted, Unavailable
from shared.objects import ObjectMissing

router = APIRouter(
    prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}/answers/{field}/file", tags=["forms"]
)
_Field = Annotated[FieldName, Path(description="the name of a field that takes a file")]
_ANSWERING: Final = (*ACCOUNT, NotFound, NotPermitted, NotSeated, WrongPhase, AnswersInvalid, NoFileAsked)
_FILES: Final = (FileTooLarge, FileTypeDiffers, FileDamaged, FileEmpty, UnsupportedFileType, DocumentsNotKept)


@router.put(
    "",
    responses={
        **refusals(*_ANSWERING, *_FILES, TooManyRequests),
        201: {"model": AnswersView, "description": "the first file of this field"},
    },
    openapi_extra=takes_files(*MEDIA_TYPES, limit=FILE_BYTES),
)
async def send_file_of_answer(
    meeting_id: UUID,
    registration_id: UUID,
    field: _Field,
    request: Request,
    response: Response,
    dependencies: InjectedDependencies,
    holder: AnyHolder,
    at: Now,
    digest: Annotated[
        str | None,
        Header(
            alias="Content-Digest",
            max_length=1_000,
            description="`sha-256=:<base64>:` (RFC 9530): the file is refused if it arrives with another SHA-256",
        ),
    ] = None,
) -> AnswersView:
    """Answer a field with a file, as it is, until the meeting begins; it takes the place of the one before.

    The form says which types are taken and how large it may be; its content must be of the type that Content-Type says.
    What the file is called is not asked. The person himself shows the token of his link or his code; the organiser
    sends files for somebody also while the meeting takes place.
    """
    keeping, database = _keeping(dependencies), dependencies.database
    async with database.reading() as connection:
        proof = await holder.prove(connection, meeting_id, registration_id)
        asked = await _asked(connection, meeting_id, field, proof)
    dependencies.limits.answer_files.take(registration_id)
    most = asked.max_bytes or FILE_BYTES
    async with received(request, keeping, digest=digest, media_types=asked.media_types, most=most) as arrived:
        async with database.transaction() as connection:
            await claim_file(connection, arrived.file.sha256, at=at)
        await keeping.objects.put_file(arrived.path, media_type=arrived.file.media_type)
        command = _command(proof, registration_id, {field: arrived.file}, at=at)
        async with database.transaction() as connection:
            known = await stored_answers(connection, registration_id)
            await answer_form(connection, meeting_id, command)
            response.status_code = 200 if field in known else 201
            return await answers_view(connection, meeting_id, registration_id)


@router.delete("", status_code=204, response_class=Response, responses=refusals(*_ANSWERING))
async def delete_file_of_answer(
    meeting_id: UUID,
    registration_id: UUID,
    field: _Field,
    dependencies: InjectedDependencies,
    holder: AnyHolder,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Take the file of a field back, until the meeting begins; again, nothing changes. Soon after it is erased."""
    async with dependencies.database.reading() as connection:
        proof = await holder.prove(connection, meeting_id, registration_id)
        await _asked(connection, meeting_id, field, proof)
    command = _command(proof, registration_id, {field: None}, at=at)

    async def act(connection: Connection) -> Reply:
        await answer_form(connection, meeting_id, command)
        return Reply(status=204)

    return await once(attempt, act, database=dependencies.database, actor=command.actor)


@router.get(
    "",
    response_class=Response,
    responses={
        **refusals(*ACCOUNT, NotFound, NotPermitted, NoFileGiven, RangeNotSatisfiable, DocumentsNotKept),
        200: {"description": "the file, with its own media type", **FILE},
        206: {"description": "the part that `Range` asks for", **FILE},
    },
)
async def read_file_of_answer(
    meeting_id: UUID,
    registration_id: UUID,
    field: _Field,
    request: Request,
    dependencies: InjectedDependencies,
    holder: AnyHolder,
) -> Response:
    """The file with which somebody has answered a field, for himself and for the organiser; its ETag is its SHA-256."""
    keeping = _keeping(dependencies)
    async with dependencies.database.reading() as connection:
        await holder.prove(connection, meeting_id, registration_id)
        row = await views.answer_file(connection, registration_id, field)
    if row is None:
        raise NoFileGiven
    headers = {
        "ETag": f'"{row["sha256"]}"',
        "Content-Disposition": disposition(f"{field}-{registration_id}", row["media_type"]),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }
    try:
        pieces = keeping.objects.stream(row["sha256"])
        return await ranged(request, pieces, size=row["size"], media_type=row["media_type"], headers=headers)
    except ObjectMissing as error:
        raise Unavailable("file of an answer") from error


def _keeping(dependencies: Dependencies) -> DocumentKeeping:
    if dependencies.keeping is None:
        raise DocumentsNotKept
    return dependencies.keeping


async def _asked(connection: Connection, meeting_id: UUID, field: str, proof: Proof) -> FormField:
    """The field that takes a file, and now; what is decided under the lock is decided again."""
    if proof.phase not in ((Phase.OPEN,) if proof.code else (Phase.OPEN, Phase.IN_SESSION)):
        raise WrongPhase(phase=proof.phase)
    form = await current_form(connection, meeting_id)
    if form is None or field not in form.files:
        raise NoFileAsked
    return form.by_name[field]


def _command(
    proof: Proof, registration_id: UUID, changes: dict[str, StoredFile | None], *, at: datetime
) -> ChangeOwnAnswers | CorrectAnswers:
    told: dict[str, Any] = {"actor": proof.actor, "at": at, "registration_id": registration_id, "changes": changes}
    return ChangeOwnAnswers(code=proof.code, **told) if proof.code else CorrectAnswers(**told)
