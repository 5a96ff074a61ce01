"""What must work again before a fault counts as recovered from: the legs of a probe that need what was struck."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from shared.contracts import SERVICE_NAMES, TOPICS
from tests.chaos.schedule import Planned


class Leg(StrEnum):
    """A part of a probe, seen or not seen on its own."""

    COMMANDS = "commands"  # registration has taken all commands
    REGISTRATION = "registration"  # and has heard of the messages
    NOTIFICATION = "notification"  # has messages
    MINUTES = "minutes"  # has a file of minutes
    ARCHIVE = "archive"  # has a record
    SMS = "sms"  # a message was handed over to the gateway
    EMAIL = "email"  # and one to the mail server


_OF_REGISTRATION: Final = {"relay": Leg.ARCHIVE, "consumer": Leg.REGISTRATION}
_OF_NOTIFICATION: Final = {"relay": Leg.REGISTRATION, "worker": Leg.EMAIL}
_WHOLE: Final = frozenset({Leg.COMMANDS, Leg.REGISTRATION, Leg.NOTIFICATION, Leg.MINUTES, Leg.ARCHIVE})
_SINGLE: Final = {"sms": frozenset({Leg.SMS}), "smtp": frozenset({Leg.EMAIL})}


def legs_of(fault: Planned) -> frozenset[Leg]:
    """The legs that show whether what a fault has struck works again."""
    target = fault.target
    if target in TOPICS:
        return frozenset(Leg(reader) for reader in TOPICS[target].readers)
    service, _, rest = target.removeprefix("postgres-").partition("-")
    if service in SERVICE_NAMES:
        role = rest.partition("-")[0]
        special = {"registration": _OF_REGISTRATION, "notification": _OF_NOTIFICATION}.get(service, {})
        plain = Leg.COMMANDS if service == "registration" else Leg(service)
        return frozenset({special.get(role, plain)})
    return _SINGLE.get(target, _WHOLE)


@dataclass(slots=True)
class Pending:
    """A fault that was undone at `ended`, and the legs that nobody has seen since."""

    fault: Planned
    ended: float
    legs: set[Leg] = field(default_factory=set)

    def __post_init__(self) -> None:
        """At first, all of them."""
        self.legs |= legs_of(self.fault)

    def seen(self, leg: Leg, begun: float) -> None:
        """A probe that began at `begun` has come through to there."""
        if begun >= self.ended:
            self.legs.discard(leg)

    def over(self, unready: frozenset[str]) -> bool:
        """Whether all was seen, and the very process that was struck is ready: another copy may have done the work."""
        return not self.legs and self.fault.target not in unready
