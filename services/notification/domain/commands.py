"""What may be asked of a message."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.notification.domain.order import Order
from shared.contracts.notification import CancelReason, FailureKind
from shared.kernel import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A provider has taken the message: in which attempt, in how many parts, when."""

    attempt: int
    parts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeMessage(Command):
    """A message is wanted; the state carries the order (`load`)."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMessage(Command):
    """The recipient has become known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSent(Command):
    """A provider has taken it."""

    acceptance: Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivered(Command):
    """A provider says that it arrived, which says that it had taken it."""

    acceptance: Acceptance
    delivered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFailed(Command):
    """It will not arrive; `acceptance` where a provider had it first. `reason` is a short code, never prose."""

    kind: FailureKind
    reason: str
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMessage(Command):
    """Withdraw it, if no provider has it yet; `detail` is a short code that says more than the reason."""

    reason: CancelReason
    detail: str | None = None


Commands: TypeAlias = ComposeMessage | ReleaseMessage | RecordSent | RecordDelivered | RecordFailed | CancelMessage
