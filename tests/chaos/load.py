"""Steady load through public HTTP alone: meetings that live, each with people who come, go and change their minds."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.caller import BODY, Answer, Caller, Command
from tests.chaos.sample_data import (
    CHECKED_IN_AT,
    ENDS_AT,
    PERSON_NUMBERS,
    STARTS_AT,
    invitation_of,
    meeting_of,
    person_of,
)

MEETINGS: Final = 6
"""Meetings that live at the same time."""
WALKERS: Final = 4
"""People acting at the same time in one meeting."""
_LOOK_SECONDS = 0.5


class RunOver(Exception):
    """Nothing more is begun."""


class Pacer:
    """Lets `rate` commands a second begin, evenly; time that nobody could use is not made up for."""

    def __init__(self, rate: float) -> None:
        self._gap = 1.0 / rate
        self._next = time.monotonic()
        self._closed = False

    def close(self) -> None:
        """Nobody begins anything more."""
        self._closed = True

    async def turn(self) -> None:
        """Return when it is one's turn; raises `RunOver` once it is closed."""
        if self._closed:
            raise RunOver
        now = time.monotonic()
        self._next = max(self._next + self._gap, now)
        await asyncio.sleep(self._next - now)


@dataclass(slots=True)
class Seat:
    """What somebody was told when he registered: enough to change his mind."""

    registration: str
    code: str
    person: int


@dataclass(slots=True)
class Meeting:
    """One meeting as its people know it."""

    meeting: str
    link: str = ""
    seats: list[Seat] = field(default_factory=list)
    scans: int = 0

    def path(self, rest: str) -> str:
        """A path below the meeting's."""
        return f"/v1/meetings/{self.meeting}{rest}"


class Load:
    """All lives together, from the first to the last; `seconds` is how long one meeting lives."""

    def __init__(self, caller: Caller, chance: random.Random, *, rate: float, seconds: float) -> None:
        self.lives = 0
        self._caller = caller
        self._chance = chance
        self._pacer = Pacer(rate)
        self._seconds = seconds

    def close(self) -> None:
        """Begin nothing more; what has begun is still waited for."""
        self._pacer.close()

    async def run(self) -> None:
        """Until it is closed and everything that had begun is answered, or the caller has given up."""
        async with asyncio.TaskGroup() as group:
            for number in range(MEETINGS):
                group.create_task(self._live_on(number))

    async def _live_on(self, number: int) -> None:
        await asyncio.sleep(self._seconds * number / MEETINGS / 2)  # not all in the same phase
        while True:
            try:
                await self._live()
            except RunOver:
                return
            self.lives += 1

    async def _live(self) -> None:
        """One meeting: announced, filled and changed, held, written up, published."""
        capacity = self._chance.randint(5, 40)
        draft = Command(service="registration", command="draft", path="/v1/meetings", body=meeting_of(capacity))
        drafted = await self._do(draft)
        if not drafted.done:
            return
        meeting = Meeting(drafted.body["meeting_id"])
        await self._lead(meeting, "open")
        await self._invite(meeting)
        await self._walk(meeting, self._seconds * 0.5, self._before)
        await self._lead(meeting, "start", {"at": STARTS_AT})
        await self._walk(meeting, self._seconds * 0.2, self._at_the_door)
        await self._write_up(meeting)

    async def _walk(self, meeting: Meeting, seconds: float, act: Callable[[Meeting], Awaitable[None]]) -> None:
        """Several people act for so long."""
        until = time.monotonic() + seconds

        async def one() -> None:
            while time.monotonic() < until:
                await act(meeting)

        ended = await asyncio.gather(*(one() for _ in range(WALKERS)), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    async def _before(self, meeting: Meeting) -> None:
        """Somebody registers, withdraws, sends somebody else, comes a second time, or is answered for."""
        dice = self._chance.random()
        if dice < 0.45 or not meeting.seats:
            await self._register(meeting, next(PERSON_NUMBERS), link=meeting.link)
        elif dice < 0.6:
            await self._register(meeting, next(PERSON_NUMBERS))
        elif dice < 0.8:
            await self._withdraw(meeting)
        elif dice < 0.9:
            await self._represent(meeting)
        elif dice < 0.95:
            await self._vouch(meeting)
        else:
            link = self._chance.choice(("", meeting.link))
            await self._register(meeting, self._chance.choice(meeting.seats).person, link=link)

    async def _invite(self, meeting: Meeting) -> None:
        """The link by which people of the body are known to it; others register without."""
        answer = await self._lead(meeting, "invite", invitation_of(), path="/invitations")
        meeting.link = answer.body["token"] if answer.done else ""

    async def _vouch(self, meeting: Meeting) -> None:
        seat = self._chance.choice(meeting.seats)
        path = meeting.path(f"/registrations/{seat.registration}/vouch")
        await self._do(Command(service="registration", command="vouch", path=path, target=seat.registration))

    async def _register(self, meeting: Meeting, person: int, *, link: str = "") -> None:
        body = {"organisation": BODY, "person": person_of(person)}
        answer = await self._do(
            Command(
                service="registration",
                command="register",
                path=meeting.path("/registrations"),
                body=body | ({"invitation": link} if link else {}),
                target=meeting.meeting,
                staff=False,
            )
        )
        self._seat(meeting, answer, person)

    async def _withdraw(self, meeting: Meeting) -> None:
        seat = self._chance.choice(meeting.seats)
        meeting.seats.remove(seat)
        await self._do(
            Command(
                service="registration",
                command="withdraw",
                path=meeting.path(f"/registrations/{seat.registration}/withdraw"),
                body={"code": seat.code},
                target=seat.registration,
                staff=False,
            )
        )

    async def _represent(self, meeting: Meeting) -> None:
        seat, person = self._chance.choice(meeting.seats), next(PERSON_NUMBERS)
        answer = await self._do(
            Command(
                service="registration",
                command="represent",
                path=meeting.path(f"/registrations/{seat.registration}/representative"),
                body={"representative": person_of(person), "code": seat.code},
                target=seat.registration,
                staff=False,
            )
        )
        if answer.done and seat in meeting.seats:
            meeting.seats.remove(seat)
        self._seat(meeting, answer, person)

    def _seat(self, meeting: Meeting, answer: Answer, person: int) -> None:
        if answer.done:
            meeting.seats.append(Seat(answer.body["registration_id"], answer.body["code"], person))

    async def _at_the_door(self, meeting: Meeting) -> None:
        """A desk scans somebody; some are scanned twice."""
        if not meeting.seats:
            await asyncio.sleep(_LOOK_SECONDS)
            return
        meeting.scans += 1
        nonce, device = f"scan-{meeting.scans}", f"desk-{meeting.scans % WALKERS}"
        scan = {"nonce": nonce, "code": self._chance.choice(meeting.seats).code, "scanned_at": CHECKED_IN_AT}
        await self._do(
            Command(
                service="registration",
                command="check-in",
                path=meeting.path("/check-ins"),
                body={"device": device, "scans": [scan]},
                target=meeting.meeting,
                refs={"device": device, "nonce": nonce},
            )
        )

    async def _lead(self, meeting: Meeting, step: str, body: Any = None, *, path: str = "") -> Answer:
        path = meeting.path(path or f"/{step}")
        return await self._do(
            Command(service="registration", command=step, path=path, body=body, target=meeting.meeting)
        )

    async def _write_up(self, meeting: Meeting) -> None:
        found = await self._awaited("/v1/minutes", meeting_id=meeting.meeting)
        if found is None:
            return
        minutes = found["items"][0]["minutes_id"]
        await self._note_down(minutes)
        await self._lead(meeting, "end", {"at": ENDS_AT})
        if not (draft := await self._reached(minutes, "draft")):
            return
        for number in range(self._chance.randint(1, 4)):
            edited = await self._write(
                minutes, "edit", "/text", {"closing": f"ປິດ {number}"}, match=f'"{draft["revision"]}"'
            )
            draft = edited.body if edited.done else draft
        await self._write(minutes, "submit", "/submit")
        await self._write(minutes, "approve", "/approve")
        if await self._reached(minutes, "signed"):
            await self._write(minutes, "publish", "/publish")

    async def _note_down(self, minutes: str) -> None:
        for number in range(self._chance.randint(3, 10)):
            opinion = {"organisation": BODY, "position": "support", "text": f"ເຫັນດີ {number}"}
            await self._write(minutes, "opinion", "/opinions", opinion)
        await self._write(minutes, "decision", "/decisions", {"text": "ຮັບຮອງ"})
        await self._write(minutes, "action", "/actions", {"organisation": BODY, "text": "ປັບປຸງ"})

    async def _write(
        self, minutes: str, command: str, rest: str, body: Any = None, *, match: str | None = None
    ) -> Answer:
        return await self._do(
            Command(
                service="minutes",
                command=command,
                path=f"/v1/minutes/{minutes}{rest}",
                body=body,
                target=minutes,
                method="PUT" if match else "POST",
                match=match,
            )
        )

    async def _reached(self, minutes: str, state: str) -> Any:
        return await self._awaited(f"/v1/minutes/{minutes}", accept=lambda view: view["state"] == state)

    async def _awaited(
        self, path: str, accept: Callable[[Any], Any] = lambda view: view["items"], **parameters: str
    ) -> Any:
        """What minutes shows once it is acceptable; None where it never is."""
        until = time.monotonic() + max(60.0, self._seconds)
        while time.monotonic() < until:
            await self._pacer.turn()
            view = await self._caller.look("minutes", path, **parameters)
            if view is not None and accept(view):
                return view
            await asyncio.sleep(_LOOK_SECONDS)
        return None

    async def _do(self, command: Command) -> Answer:
        await self._pacer.turn()
        return await self._caller.do(command)
