"""Sets are PostgreSQL's to keep: which rule of the domain a unique index stands for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg

from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyExists,
    AlreadyInvited,
    AlreadyRegistered,
)
from shared.kernel import Refusal, Unavailable

_RULES: Mapping[str, type[Refusal]] = {
    "registration_mobile": AlreadyRegistered,
    "registration_email": AlreadyRegistered,
    "registration_declined_mobile": AlreadyDeclined,
    "registration_declined_email": AlreadyDeclined,
    "registration_requested_mobile": AlreadyRegistered,
    "registration_requested_email": AlreadyRegistered,
    "registration_pkey": AlreadyExists,
    "invitation_organisation": AlreadyInvited,
    "meeting_pkey": AlreadyExists,
}


@contextmanager
def uniqueness() -> Iterator[None]:
    """Around statements that write: a violated unique index is raised as the Refusal of the rule it keeps."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "registration_code":
            raise Unavailable("a free code", retry_after=1.0) from None  # two alike of 10⁹: the next try draws again
        rule = _RULES.get(error.constraint_name or "")
        if rule is None:
            raise
        raise rule from None
