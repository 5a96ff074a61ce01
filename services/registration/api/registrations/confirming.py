"""Confirming by the short code of the message, for whoever reads it on another device than he has registered with."""

from datetime import datetime
from hmac import compare_digest
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BeforeValidator, StringConstraints
from starlette.responses import Response

from services.registration.api.dependencies import ClientAddress, Dependencies, InjectedDependencies, anonymous
from services.registration.api.inputs import CodeInput, code_as_issued
from services.registration.api.registrations.answering_for import ANSWER_REFUSALS, ParticipantAnsweredFor, answer_for
from services.registration.domain.proof.commands import ConfirmRegistration
from services.registration.domain.proof.confirm_code import (
    DIGITS,
    TRIES,
    ConfirmCodeUnusable,
    check_in_time,
    check_shown,
)
from services.registration.store.proof import codes_of, take_try
from shared.http import Attempt, Input, Now, refusals
from shared.kernel import NotFound, NotPermitted
from shared.sealing import SealBroken

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}", tags=["registrations"])

ConfirmCodeInput = Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{DIGITS}}}$"), BeforeValidator(code_as_issued)]
"""The digits of the message, also Lao ones, with any white space and hyphens."""


class ConfirmationInput(Input):
    """The code of one's own registration, and the one that only the message has."""

    code: CodeInput
    confirm_code: ConfirmCodeInput


@router.post(
    "/confirm",
    response_model=ParticipantAnsweredFor,
    responses=refusals(*ANSWER_REFUSALS, NotPermitted, ConfirmCodeUnusable),
)
async def confirm_by_code(
    meeting_id: UUID,
    registration_id: UUID,
    body: ConfirmationInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Confirm by the six digits of the message that one has registered, as by its link; again, nothing changes.

    The digits hold for an hour and for five tries; after that the link does (`POST /v1/registration/confirm`).
    """
    with dependencies.limits.code(registration_id, client=client):
        await _check(dependencies, meeting_id, registration_id, body, at=at)
        command = ConfirmRegistration(actor=anonymous(body.code), at=at, registration_id=registration_id)
        return await answer_for(dependencies, meeting_id, command, attempt=attempt)


async def _check(
    dependencies: Dependencies, meeting_id: UUID, registration_id: UUID, shown: ConfirmationInput, *, at: datetime
) -> None:
    """Raise the refusal of codes that are not those of the registration; who has confirmed needs no second one."""
    async with dependencies.database.transaction() as connection:
        row = await codes_of(connection, meeting_id, registration_id)
        if row is None:
            raise NotFound
        if not compare_digest(shown.code, row["code"]):
            raise NotPermitted(field="/code")
        if not row["unproven"]:
            return
        check_in_time(row["answered_at"], at)
        sealed = await take_try(connection, registration_id, most=TRIES)
    check_shown(shown.confirm_code, _opened(dependencies, sealed))


def _opened(dependencies: Dependencies, sealed: str | None) -> str:
    try:
        if sealed is not None:
            return dependencies.sealer.open(sealed)
    except SealBroken as error:  # by a key that is not there any more
        raise ConfirmCodeUnusable from error
    raise ConfirmCodeUnusable
