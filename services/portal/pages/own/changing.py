"""From a form or a button to what registration is asked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

from services.portal.web.forms import Sent
from services.portal.web.languages import Language
from services.portal.web.meetings.person import person_of
from services.portal.web.meetings.questions import answers_of

Changing: TypeAlias = Literal["representative", "withdraw", "answers", "accept", "confirm"]
_METHODS: Final[Mapping[Changing, str]] = {"answers": "PUT"}


def change_of(
    changing: Changing,
    registration: Mapping[str, Any],
    sent: Sent,
    *,
    questions: Iterable[Mapping[str, Any]],
    language: Language,
) -> tuple[tuple[str, str], dict[str, Any] | None]:
    """The call (method and path) and its body."""
    if changing == "confirm":
        return ("POST", "/v1/registration/confirm"), None
    meeting, own = registration["meeting"]["meeting_id"], registration["registration_id"]
    call = (_METHODS.get(changing, "POST"), f"/v1/meetings/{meeting}/registrations/{own}/{changing}")
    body: dict[str, Any] = {"code": registration["code"]}
    if sent.get("reason").strip() and changing in {"representative", "withdraw"}:
        body["reason"] = sent.get("reason")
    if changing == "representative":
        body["representative"] = person_of(sent, language)
    if changing in {"representative", "answers"}:
        body["answers"] = answers_of(sent, questions)
    return call, body
