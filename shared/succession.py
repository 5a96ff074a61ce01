"""Which bodies the body of a caller has taken over: for them he may do what he may do for his own."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from shared.kernel import OFFICE_ZONE, Actor

KEPT_SECONDS: Final = 5.0
"""For so long what was read is not read again: a body that is taken over elsewhere is known after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """From the day `since` on, `by` acts for the body `code`."""

    code: str
    by: str
    since: date


class Succession:
    """The bodies that were taken over, as `load` reads them from the database of the service."""

    def __init__(self, load: Callable[[], Awaitable[Sequence[TakenOver]]]) -> None:
        self._load = load
        self._known: Sequence[TakenOver] = ()
        self._good_until = 0.0

    def forget(self) -> None:
        """Read again at the next question: something has changed."""
        self._good_until = 0.0

    async def with_predecessors(self, actor: Actor, *, at: datetime) -> Actor:
        """The actor with the bodies that his own acts for; raises `Unavailable` where the database does not answer."""
        if actor.organisation is None:
            return actor
        if time.monotonic() >= self._good_until:
            self._known = await self._load()
            self._good_until = time.monotonic() + KEPT_SECONDS
        day = at.astimezone(OFFICE_ZONE).date()
        found = predecessors(actor.organisation, (one for one in self._known if one.since <= day))
        return replace(actor, predecessors=found) if found else actor


def predecessors(body: str, taken_over: Iterable[TakenOver]) -> frozenset[str]:
    """The bodies that `body` has taken over, and those that these had taken over before."""
    remaining, found = list(taken_over), {body}
    while new := {one.code for one in remaining if one.by in found} - found:
        found |= new
    return frozenset(found - {body})
