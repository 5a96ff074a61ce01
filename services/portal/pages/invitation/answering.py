"""From a form to what registration is asked."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from services.portal.web.forms import Sent
from services.portal.web.languages import Language
from services.portal.web.meetings.person import person_of
from services.portal.web.meetings.questions import answers_of

Answering: TypeAlias = Literal["register", "representative", "decline"]
"""The ways to answer. Who comes as a representative of whoever was invited registers like anybody of the body."""


def answer_of(
    answering: Answering,
    invitation: Mapping[str, Any],
    sent: Sent,
    *,
    questions: Iterable[Mapping[str, Any]],
    token: str,
    language: Language,
) -> tuple[tuple[str, str], dict[str, Any]]:
    """The call (method and path) and its body."""
    meeting = f"/v1/meetings/{invitation['meeting']['meeting_id']}"
    body = {
        "organisation": invitation["organisation"],
        "person": person_of(sent, language),
        "invitation": token.strip(),
    }
    if answering == "decline":
        reason = sent.get("reason")
        return ("POST", f"{meeting}/declines"), {**body, **({"reason": reason} if reason.strip() else {})}
    return ("POST", f"{meeting}/registrations"), {**body, "answers": answers_of(sent, questions)}
