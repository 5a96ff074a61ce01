"""What the pages for staff share: asking registration with the rights of whoever is signed in, and its refusals."""

import json
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.portal.web.errors import FormError, FormErrors
from services.portal.web.forms import Sent
from services.portal.web.languages import Language
from services.portal.web.services import ServiceProblem
from services.portal.web.session import Person
from services.portal.web.session.cookies import set_cookies
from services.portal.web.state import site_of
from shared.kernel import Role

_REGISTRATION: Final = "registration"
_PERSONS: Final = ("chair", "contact")
SHOWN_TO_OTHERS: Final = ""
"""The privacy notice that somebody was shown whom staff write down: none; they were shown it themselves."""
NO_VERSION: Final = "0"
"""A version that nothing ever has: what is sent with it is checked, and never carried out."""


async def read(request: Request, person: Person, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """What registration answers to a question of this person. Raises `ServiceProblem`, `Unavailable`."""
    call = ("GET" if body is None else "POST", path)
    return await site_of(request).services.ask(request, _REGISTRATION, call, headers=person.headers, body=body)


async def act(
    request: Request,
    person: Person,
    call: tuple[str, str],
    body: Mapping[str, Any] | None = None,
    *,
    sent: Sent,
    version: str = "",
) -> Any:
    """What registration answers to an act of this person; sent twice, it takes effect once. Raises the same.

    `version` is that of the meeting which the person has seen; without it the act holds for any version.
    """
    written = json.dumps([sent.key, version, body], sort_keys=True)
    headers = {**person.headers, "Idempotency-Key": sha256(written.encode()).hexdigest()[:32]}
    if version:
        headers["If-Match"] = f'"{version}"'
    return await site_of(request).services.ask(request, _REGISTRATION, call, headers=headers, body=body)


async def pass_on(request: Request, person: Person, path: str) -> Response:
    """A file of registration, with the rights of this person. Raises the same."""
    answer = await site_of(request).services.pass_on(request, _REGISTRATION, path, headers=person.headers)
    set_cookies(request, answer)
    return answer


def organises(person: Person, meeting: Mapping[str, Any]) -> bool:
    """Whether the buttons of an organiser are shown; whether he may, registration decides."""
    return Role.ORGANISER in person.actor.roles and person.actor.acts_for(meeting["organiser"])


def meeting_path(meeting_id: str) -> str:
    """Where registration has a meeting."""
    return f"/v1/meetings/{quote(meeting_id, safe='')}"


def is_stale(problem: ServiceProblem) -> bool:
    """Whether somebody else has changed it meanwhile."""
    return problem.status == HTTPStatus.PRECONDITION_FAILED


def office_errors(problem: ServiceProblem, language: Language) -> FormErrors:
    """What was refused, by the fields of these forms: `/title/lo` is `title-lo`, `/chair/mobile` is `mobile`."""
    refused = problem.problem
    listed = [_error(one, "detail", language) for one in refused.get("errors") or ()]
    return FormErrors(listed or [_error(refused, "title", language)])


def _error(found: Mapping[str, Any], member: str, language: Language) -> FormError:
    steps = [step for step in str(found.get("field") or "").strip("/").split("/") if step not in _PERSONS]
    text = str(found.get(member if language == "lo" else f"{member}_en") or "")
    return FormError("-".join(steps) or None, text)


__all__ = [
    "NO_VERSION",
    "SHOWN_TO_OTHERS",
    "ServiceProblem",
    "act",
    "is_stale",
    "meeting_path",
    "office_errors",
    "organises",
    "pass_on",
    "read",
]
