"""The types that every layer of every service uses: actor, command, refusal, unavailable, job.

Standard library only. Two kinds of exception are expected: a `Refusal` (a business rule forbids the command; nothing
was written) and `Unavailable` (something outside does not answer; try again later). Any other exception is a defect.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

OFFICE_ZONE: Final = ZoneInfo("Asia/Vientiane")
"""The time zone of the offices, in which dates are calculated and times are shown to people."""


class Role(StrEnum):
    """A role of the OIDC token; what each may do stands in `docs/architecture/security.md`."""

    ORGANISER = "organiser"
    FOCAL_POINT = "focal-point"
    DESK = "desk"
    SECRETARY = "secretary"
    CHAIR = "chair"
    ARCHIVIST = "archivist"
    OPERATOR = "operator"
    SERVICE = "service"  # one of our own services, acting on an event or a job


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives a command: the subject of the token (stable, never a name), roles, and the organisation.

    `predecessors` are bodies that the organisation has taken over: he may do for them what he may do for his own.
    """

    subject: str
    roles: frozenset[Role] = frozenset()
    organisation: str | None = None
    predecessors: frozenset[str] = frozenset()

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies for which he acts; none without an organisation."""
        return self.predecessors | {self.organisation} if self.organisation else frozenset()

    def acts_for(self, body: str | None) -> bool:
        """Whether `body` is his organisation, or one that it has taken over."""
        return body in self.bodies


def service_actor(name: str) -> Actor:
    """The actor of a service that acts on an event or a job: `service:<name>`."""
    return Actor(subject=f"service:{name}", roles=frozenset({Role.SERVICE}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants done, who wants it, and the time at which it was asked (`at`, UTC)."""

    actor: Actor
    at: datetime


class Refusal(Exception):
    """A business rule forbids the command; nothing was written.

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
        """Pickle: needed because a refusal is sent between processes and its constructor takes keywords only."""
        return partial(type(self), field=self.field, **self.details), ()

    @property
    def code(self) -> str:
        """The class name: a stable value on which a client may depend."""
        return type(self).__name__


class NotPermitted(Refusal):
    """The actor's rights do not cover the command."""

    status = 403
    lao = "ທ່ານບໍ່ມີສິດດຳເນີນການນີ້"
    english = "You do not have the right to do this."


class NotFound(Refusal):
    """It does not exist, or the actor may not know that it exists."""

    status = 404
    lao = "ບໍ່ພົບຂໍ້ມູນທີ່ຕ້ອງການ"
    english = "There is no such thing."


class StaleVersion(Refusal):
    """Somebody else has changed it since the version that the caller read (If-Match, revision)."""

    status = 412
    lao = "ຂໍ້ມູນໄດ້ຖືກແກ້ໄຂໂດຍຜູ້ອື່ນແລ້ວ. ກະລຸນາໂຫຼດຄືນໃໝ່"
    english = "It has been changed since you read it; load it again."


class InvalidValue(Refusal):
    """A value of the request breaks a rule that only the domain can check."""

    status = 422
    lao = "ຂໍ້ມູນບໍ່ຖືກຕ້ອງ"
    english = "A value is not valid."


class LimitReached(Refusal):
    """A stored quantity has reached its limit: `what` names it, `limit` is the number."""

    lao = "ບັນທຶກໄວ້ຄົບຈຳນວນທີ່ກຳນົດແລ້ວ ບໍ່ສາມາດເພີ່ມໄດ້ອີກ"
    english = "As many as can be stored are there already."


class Unavailable(Exception):
    """A system we depend on does not answer; the same work may be tried again after `retry_after` seconds."""

    def __init__(self, what: str, *, retry_after: float = 5.0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work to do outside the database, stored in the transaction that made it necessary (`messaging.jobs`).

    - `key`: jobs with the same key run one after the other, in the order in which they were written.
    - `name`: makes the job idempotent; a second job with the same kind and name is not written.
    - `due`: the earliest start; `deadline`: no further attempt begins after it.
    """

    kind: str
    name: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    deadline: datetime | None = None


def kebab(name: str) -> str:
    """`ParticipantRegistered` → `participant-registered`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


Key = UUID | str
