"""The words every room shares: who acts, what is refused, what is unavailable, what is left to do outside.

Standard library only. A `Refusal` is an answer of the domain (the rule said no, nothing was written); `Unavailable` is
an answer of the infrastructure (ask again later); everything else that is raised is a defect.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar
from uuid import UUID


class Role(StrEnum):
    """Who may do what: the roles of the OIDC token (`docs/architecture/security.md`)."""

    ORGANISER = "organiser"
    FOCAL_POINT = "focal-point"
    DESK = "desk"
    SECRETARY = "secretary"
    CHAIR = "chair"
    ARCHIVIST = "archivist"
    OPERATOR = "operator"
    PARTNER = "partner"
    PARTICIPANT = "participant"  # holds a link, not an account
    SERVICE = "service"  # one of our own services, acting on an event or a job


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives a command: a stable subject (never a name), roles, and the organisation he acts for."""

    subject: str
    roles: frozenset[Role] = frozenset()
    organisation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants done; the clock reading and the actor arrive inside it."""

    actor: Actor
    at: datetime


class Refusal(Exception):
    """The domain says no. `code` is the class name; nothing was written.

    Subclasses are noun phrases and set `status` (HTTP), `lao` and `english`; `field` names the offending member of the
    request as a JSON pointer where there is one; `details` are safe, non-personal values for the answer.
    """

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ບໍ່ສາມາດດຳເນີນການໄດ້"
    english: ClassVar[str] = "The request cannot be carried out."

    def __init__(self, *, field: str | None = None, **details: Any) -> None:
        super().__init__(type(self).__name__)
        self.field = field
        self.details: Mapping[str, Any] = details

    def __reduce__(self) -> tuple[Callable[[], "Refusal"], tuple[()]]:
        """A refusal travels between processes; the arguments of its constructor are named."""
        return partial(type(self), field=self.field, **self.details), ()

    @property
    def code(self) -> str:
        """The stable name a client may switch on."""
        return type(self).__name__


class NotPermitted(Refusal):
    """The actor's rights do not cover the command."""

    status = 403
    lao = "ທ່ານບໍ່ມີສິດດຳເນີນການນີ້"
    english = "You do not have the right to do this."


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""

    status = 404
    lao = "ບໍ່ພົບຂໍ້ມູນທີ່ຕ້ອງການ"
    english = "There is no such thing."


class StaleVersion(Refusal):
    """Somebody else changed it since the version the caller has seen (If-Match, revision)."""

    status = 412
    lao = "ຂໍ້ມູນໄດ້ຖືກແກ້ໄຂໂດຍຜູ້ອື່ນແລ້ວ. ກະລຸນາໂຫຼດຄືນໃໝ່"
    english = "It has been changed since you read it; load it again."


class InvalidValue(Refusal):
    """One value of the request breaks a rule that only the domain can know."""

    status = 422
    lao = "ຂໍ້ມູນບໍ່ຖືກຕ້ອງ"
    english = "A value is not valid."


class LimitReached(Refusal):
    """No more of this can be stored; `what` says of which, `limit` how many (`docs/architecture/security.md`)."""

    lao = "ບັນທຶກໄວ້ຄົບຈຳນວນທີ່ກຳນົດແລ້ວ ບໍ່ສາມາດເພີ່ມໄດ້ອີກ"
    english = "As many as can be stored are there already."


class Unavailable(Exception):
    """Something outside does not answer; the same work may be tried again after `retry_after` seconds."""

    def __init__(self, what: str, *, retry_after: float = 5.0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work outside the database, written in the transaction that made it necessary (`messaging.jobs`).

    `key` serialises: two jobs of one key never run at once and start in the order they were written. `name` makes it
    idempotent: a second job of the same kind and name is not written. `due` is the earliest start; `deadline` ends the
    retries.
    """

    kind: str
    name: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    deadline: datetime | None = None


def kebab(name: str) -> str:
    """`ParticipantRegistered` → `participant-registered`: one act, one name, in the case of the wire."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


Key = UUID | str
