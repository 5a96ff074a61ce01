"""Whether the system is well: every process is ready, and the effect of a command is seen in each service."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.caller import BODY, Caller, Command
from tests.chaos.history import Fault, Journal
from tests.chaos.people import PEOPLE, STARTS, made_up, meeting_of
from tests.chaos.schedule import Planned

PATIENCE_SECONDS: Final = 300.0
"""How long one probe may take to be seen everywhere."""
MOST: Final = 4
"""Probes under way at the same time."""
_APART_SECONDS: Final = 3.0
_SHORTEST, _LONGEST = 0.2, 2.0  # seconds between two looks

Unready = Callable[[], Awaitable[Sequence[str]]]


@dataclass(slots=True)
class Recovery:
    """Faults that were undone and not recovered from yet, and how long the others took (seconds), by kind."""

    ended: dict[int, tuple[Planned, float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)


class Prober:
    """Sends probes for as long as a fault waits for one; a recovery counts from the moment the fault was undone.

    `unready` is what was not ready at the last look; what is being broken at that moment need not be.
    `seen` is how long (seconds) each service took to show the effect of a probe.
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
        self.recovery.ended[fault.number] = (fault, time.time())

    async def run(self) -> None:
        """Until cancelled: a probe every few seconds, whether or not the ones before have come through."""
        try:
            while True:
                if self.recovery.ended and len(self._under_way) < MOST:
                    self._send(await self._look())
                await asyncio.sleep(_APART_SECONDS)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    def _send(self, unready: Sequence[str]) -> None:
        self.unready = unready
        if not unready:
            task = asyncio.create_task(self.probe())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def probe(self) -> None:
        """One probe; the faults that had ended before it have recovered when it is seen everywhere."""
        begun = time.time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._seen_everywhere()
            for fault, ended in list(self.recovery.ended.values()):
                if ended <= begun:
                    del self.recovery.ended[fault.number]
                    self._recovered(fault, ended)

    def _recovered(self, fault: Planned, ended: float) -> None:
        now = time.time()
        self.recovery.seconds.setdefault(fault.kind, []).append(now - ended)
        self._journal.write(
            Fault(at=now, number=fault.number, fault=fault.kind, target=fault.target, phase="recovered")
        )

    async def _seen_everywhere(self) -> None:
        """A small meeting, and what each service shows of it."""
        self.sent += 1
        draft = Command(service="registration", command="draft", path="/v1/meetings", body=meeting_of(1))
        meeting = (await self._caller.do(draft)).body["meeting_id"]
        path = f"/v1/meetings/{meeting}"
        guest = {"organisation": BODY, "person": made_up(next(PEOPLE))}
        for command, rest, body in (
            ("open", "/open", None),
            ("register", "/registrations", guest),
            ("start", "/start", {"at": STARTS}),
        ):
            own = command != "register"
            await self._caller.do(
                Command(service="registration", command=command, path=path + rest, body=body, target=meeting, staff=own)
            )
        await asyncio.gather(
            self._seen("archive", "/v1/records", _items, meeting_id=meeting),
            self._seen("minutes", "/v1/minutes", _items, meeting_id=meeting),
            self._seen("notification", "/v1/messages", _items, meeting_id=meeting),
            self._seen("registration", f"{path}/statistics", _messages),
        )

    async def _seen(self, service: str, path: str, accept: Callable[[Any], Any], **parameters: str) -> None:
        wait, begun = _SHORTEST, time.monotonic()
        while True:
            view = await self._caller.look(service, path, **parameters)
            if view is not None and accept(view):
                self.seen.setdefault(service, []).append(time.monotonic() - begun)
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST)


def _items(view: Any) -> Any:
    return view["items"]


def _messages(view: Any) -> Any:
    return view["messages"]
