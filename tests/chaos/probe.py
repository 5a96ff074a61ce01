"""Whether what was struck works again: probes go through the whole system, and each part of their way counts alone."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from tests.chaos.caller import BODY, Caller, Command
from tests.chaos.history import Fault, Journal
from tests.chaos.parts import Leg, Pending
from tests.chaos.sample_data import PERSON_NUMBERS, STARTS_AT, meeting_of, person_of
from tests.chaos.schedule import Planned

PATIENCE_SECONDS: Final = 300.0
"""How long one probe may take to be seen everywhere."""
MOST: Final = 4
"""Probes under way at the same time."""
_APART_SECONDS: Final = 3.0
ANSWERED: Final = frozenset({"sent", "delivered", "permanent-failure", "expired"})
_SHORTEST, _LONGEST = 0.2, 2.0  # seconds between two looks

Unready = Callable[[], Awaitable[Sequence[str]]]


@dataclass(slots=True)
class Recovery:
    """Faults that were undone and not recovered from yet, and how long the others took (seconds), by kind."""

    ended: dict[int, Pending] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)


class Prober:
    """Sends probes for as long as a fault waits for one; a recovery counts from the moment the fault was undone.

    It ends when the part that was struck works again (`parts`), whatever else is broken at that moment.
    `unready` is what was not ready at the last look. `seen` is how long (seconds) each leg of a probe took.
    """

    def __init__(self, caller: Caller, journal: Journal, unready: Unready) -> None:
        self.recovery = Recovery()
        self.sent = 0
        self.seen: dict[str, list[float]] = {}
        self._caller = caller
        self._journal = journal
        self.unready: Sequence[str] = ()
        self._look = unready
        self._under_way: set[asyncio.Task[None]] = set()

    def ended(self, fault: Planned) -> None:
        """A fault was undone."""
        self.recovery.ended[fault.number] = Pending(fault, time.time())

    async def run(self) -> None:
        """Until cancelled: a probe every few seconds, whether or not the ones before have come through."""
        try:
            while True:
                if self.recovery.ended:
                    self.unready = await self._look()
                    self._judge()
                    self._send()
                await asyncio.sleep(_APART_SECONDS)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    def _send(self) -> None:
        if len(self._under_way) < MOST:
            task = asyncio.create_task(self.probe())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def probe(self) -> None:
        """One probe; each leg that is seen counts for the faults that had ended before it began."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._seen_everywhere(time.time())

    def _passed(self, leg: Leg, begun: float) -> None:
        for pending in self.recovery.ended.values():
            pending.seen(leg, begun)
        self._judge()

    def _judge(self) -> None:
        unready = frozenset(self.unready)
        for number, pending in list(self.recovery.ended.items()):
            if pending.over(unready):
                del self.recovery.ended[number]
                self._recovered(pending.fault, pending.ended)

    def _recovered(self, fault: Planned, ended: float) -> None:
        now = time.time()
        self.recovery.seconds.setdefault(fault.kind, []).append(now - ended)
        self._journal.write(
            Fault(at=now, number=fault.number, fault=fault.kind, target=fault.target, phase="recovered")
        )

    async def _seen_everywhere(self, began: float) -> None:
        """A small meeting, and what each service shows of it."""
        self.sent += 1
        draft = Command(service="registration", command="draft", path="/v1/meetings", body=meeting_of(1))
        meeting = (await self._caller.do(draft)).body["meeting_id"]
        path = f"/v1/meetings/{meeting}"
        guest = {"organisation": BODY, "person": person_of(next(PERSON_NUMBERS))}
        for command, rest, body in (
            ("open", "/open", None),
            ("register", "/registrations", guest),
            ("start", "/start", {"at": STARTS_AT}),
        ):
            own = command != "register"
            await self._caller.do(
                Command(service="registration", command=command, path=path + rest, body=body, target=meeting, staff=own)
            )
        self._passed(Leg.COMMANDS, began)
        legs: tuple[tuple[Leg, str, str, Callable[[Any], Any]], ...] = (
            (Leg.ARCHIVE, "archive", f"/v1/records?meeting_id={meeting}", _items),
            (Leg.MINUTES, "minutes", f"/v1/minutes?meeting_id={meeting}", _items),
            (Leg.NOTIFICATION, "notification", f"/v1/messages?meeting_id={meeting}", _items),
            (Leg.SMS, "notification", f"/v1/messages?meeting_id={meeting}", partial(_handed_over, "sms")),
            (Leg.EMAIL, "notification", f"/v1/messages?meeting_id={meeting}", partial(_handed_over, "email")),
            (Leg.REGISTRATION, "registration", f"{path}/statistics", _messages),
        )
        await asyncio.gather(*(self._seen(leg, began, service, where, accept) for leg, service, where, accept in legs))

    async def _seen(self, leg: Leg, began: float, service: str, path: str, accept: Callable[[Any], Any]) -> None:
        wait, begun = _SHORTEST, time.monotonic()
        while True:
            view = await self._caller.look(service, path)
            if view is not None and accept(view):
                self.seen.setdefault(leg, []).append(time.monotonic() - begun)
                self._passed(leg, began)
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST)


def _items(view: Any) -> Any:
    return view["items"]


def _handed_over(channel: str, view: Any) -> bool:
    """Whether a provider has answered about a message on this channel."""
    return any(each["channel"] == channel and each["status"] in ANSWERED for each in view["items"])


def _messages(view: Any) -> Any:
    return view["messages"]
