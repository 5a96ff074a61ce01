"""Messages that were sent: what the providers have against the attempts that were written down."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import HistoryIndex
from tests.chaos.history import Attempt, Gateway

UNFINISHED: Final = ("awaiting_contact", "created", "sending")
ARRIVED: Final = ("sent", "delivered")


@dataclass(slots=True)
class Handover:
    """All attempts under one key, and what the provider has under it."""

    attempts: list[Attempt] = field(default_factory=list)
    gateways: list[Gateway] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many the provider has taken."""
        return sum(gateway.requests for gateway in self.gateways)

    @property
    def sent(self) -> int:
        """Attempts that were answered."""
        return sum(attempt.outcome == "sent" for attempt in self.attempts)

    @property
    def unknown(self) -> int:
        """Attempts of which nobody knows what came of them; one that was never closed is such a one."""
        return sum(attempt.outcome in ("unknown", None) for attempt in self.attempts)


def sent_again_without_unknown(history: HistoryIndex) -> Iterator[Flaw]:
    """A provider is asked again only where an earlier attempt is marked unknown."""
    for key, handover in handovers(history).items():
        if handover.requests > min(handover.sent, 1) + handover.unknown and handover.attempts:
            what = f"{handover.requests} requests; attempts: {handover.sent} sent, {handover.unknown} unknown"
            yield Flaw(about=key, what=what, proof=(*handover.attempts, *handover.gateways))


def sent_but_not_received(history: HistoryIndex) -> Iterator[Flaw]:
    """What we say was sent is with the provider."""
    received: dict[str, int] = defaultdict(int)
    for key, handover in handovers(history).items():
        for message in {attempt.message_id for attempt in handover.attempts}:
            received[message] += handover.requests
        if handover.sent and not handover.requests:
            what = "an attempt is marked sent, the provider has nothing"
            yield Flaw(about=key, what=what, proof=tuple(handover.attempts))
    for identifier, rows in history.rows.get(("notification", "message"), {}).items():
        if rows[0].state in ARRIVED and identifier not in received:
            yield Flaw(about=f"message {identifier}", what=f"{rows[0].state} without an attempt", proof=(rows[0],))


def sent_by_nobody(history: HistoryIndex) -> Iterator[Flaw]:
    """A provider has nothing that we have not tried to send."""
    for key, handover in handovers(history).items():
        if not handover.attempts:
            yield Flaw(about=key, what=f"{handover.requests} requests, no attempt", proof=tuple(handover.gateways))


def message_unfinished(history: HistoryIndex) -> Iterator[Flaw]:
    """No message is still on its way to a provider."""
    for identifier, rows in history.rows.get(("notification", "message"), {}).items():
        if rows[0].state in UNFINISHED:
            yield Flaw(about=f"message {identifier}", what=f"{rows[0].state}", proof=(rows[0],))


def handovers(history: HistoryIndex) -> dict[str, Handover]:
    """By key; an e-mail is known by its message's identifier, which its Message-ID carries."""
    found: dict[str, Handover] = defaultdict(Handover)
    for attempt in history.of(Attempt):
        found[attempt.message_id if attempt.channel == "email" else attempt.key].attempts.append(attempt)
    for gateway in history.of(Gateway):
        found[gateway.key].gateways.append(gateway)
    return found


def repeated(found: Sequence[Handover]) -> int:
    """How many requests were made again because nobody knew what came of the first."""
    return sum(max(0, handover.requests - 1) for handover in found)
