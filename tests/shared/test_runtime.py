"""A process: parts start in order and stop in reverse, a drain finishes what is in hand, a dead part ends it all."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from shared.database import Database
from shared.http.health import Verdict
from shared.http.server import HttpServer
from shared.observability.heartbeat import silence
from shared.runtime import Loop, Part, Runtime, launch
from shared.service.needed import DatabasePart
from tests.shared.bus import sample

SOURCE = Path(__file__).parents[2]


class Recorded:
    """A part that writes down what happens to it."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.name = name
        self.seen = seen
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        self.seen.append(f"start {self.name}")

    async def ended(self) -> None:
        await asyncio.shield(self.end)

    async def stop(self) -> None:
        self.seen.append(f"stop {self.name}")

    def healthy(self) -> bool:
        return True

    async def ready(self) -> bool:
        return True


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 -- what is waited for says nothing
        await asyncio.sleep(0.005)


async def run(parts: Sequence[Part]) -> int:
    return await Runtime("test").run(parts)


async def idle(stop: asyncio.Event, beat: Callable[[], None]) -> None:
    beat()
    await stop.wait()


async def stubborn(_stop: asyncio.Event, _beat: Callable[[], None]) -> None:
    await asyncio.Future()


async def crashing(_stop: asyncio.Event, _beat: Callable[[], None]) -> None:
    raise LookupError("+8562055512345")


async def test_parts_start_in_order_and_stop_in_reverse() -> None:
    seen: list[str] = []
    runtime = Runtime("test", drain_seconds=5)
    running = asyncio.create_task(runtime.run([Recorded("a", seen), Recorded("b", seen)]))
    await until(lambda: len(seen) == 2)
    ready = await runtime.readiness()
    runtime.drain()
    assert (await running, seen) == (0, ["start a", "start b", "stop b", "stop a"])
    assert (ready.parts, await runtime.readiness()) == (
        {"a": True, "b": True, "process": True},
        Verdict(well=False, parts={"process": False}),
    )


async def test_a_part_that_cannot_start_ends_the_process_and_stops_the_others() -> None:
    class Failing(Recorded):
        async def start(self) -> None:
            raise LookupError

    seen: list[str] = []
    parts = [Recorded("a", seen), Failing("b", seen), Recorded("c", seen)]
    assert (await run(parts), seen) == (1, ["start a", "stop a"])


@pytest.mark.parametrize("turn", [crashing, lambda *_: asyncio.sleep(0)], ids=["raises", "returns"])
async def test_a_loop_that_ends_by_itself_ends_the_process(turn: Callable[..., object]) -> None:
    seen: list[str] = []
    exit_code = await run([Recorded("a", seen), Loop("relay", turn), Loop("worker", idle)])  # type: ignore[arg-type]  # -- two shapes
    assert (exit_code, seen, silence("worker")) == (1, ["start a", "stop a"], float("inf"))


async def test_a_loop_finishes_what_it_has_in_hand() -> None:
    seen: list[str] = []

    async def turn(stop: asyncio.Event, beat: Callable[[], None]) -> None:
        beat()
        seen.append("taken")
        await stop.wait()
        await asyncio.sleep(0.05)
        seen.append("finished")

    runtime = Runtime("test")
    running = asyncio.create_task(runtime.run([Loop("relay", turn)]))
    await until(lambda: seen == ["taken"])
    runtime.drain()
    assert (await running, seen) == (0, ["taken", "finished"])


async def test_a_drain_that_takes_too_long_is_cut_off() -> None:
    runtime = Runtime("test", drain_seconds=0.05)
    runtime.drain()
    assert await runtime.run([Loop("relay", stubborn)]) == 1


async def test_told_twice_it_stops_at_once() -> None:
    runtime = Runtime("test", drain_seconds=3600)
    runtime.drain()
    runtime.drain()
    assert await runtime.run([Loop("relay", stubborn)]) == 1


async def test_a_part_that_fails_to_stop_does_not_keep_the_others_from_stopping() -> None:
    class Failing(Recorded):
        async def stop(self) -> None:
            raise LookupError

    seen: list[str] = []
    runtime = Runtime("test")
    runtime.drain()
    assert (await runtime.run([Recorded("a", seen), Failing("b", seen)]), seen) == (1, ["start a", "start b", "stop a"])


async def test_a_loop_is_alive_while_it_beats_and_ready_while_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    able = [True]
    loop = Loop("relay", stubborn, prepared=lambda: able[0])
    before = await loop.ready()
    await loop.start()
    well = loop.healthy(), await loop.ready()
    able[0] = False
    monkeypatch.setattr("shared.runtime.SILENCE_SECONDS", -1.0)
    assert (before, well, (loop.healthy(), await loop.ready())) == (False, (True, True), (False, False))
    with suppress(TimeoutError):
        await asyncio.wait_for(loop.stop(), 0.01)


async def test_parts_that_were_never_started_can_be_stopped() -> None:
    server = HttpServer(Slow(), host="127.0.0.1", port=0)
    await Loop("relay", idle).stop()
    await Loop("relay", idle).ended()
    await server.stop()
    await server.ended()
    assert (await server.ready(), server.healthy()) == (False, True)


class Slow:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.entered, self.leave = asyncio.Event(), asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.entered.set()
        await self.leave.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def test_a_request_in_hand_is_answered_and_no_other_accepted() -> None:
    app = Slow()
    server = HttpServer(app, host="127.0.0.1", port=0)
    runtime = Runtime("test")
    running = asyncio.create_task(runtime.run([server]))
    await until(lambda: server.port != 0 and runtime.liveness().parts == {"http": True})
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        request = asyncio.create_task(client.get("/"))
        await app.entered.wait()
        runtime.drain()
        await _refused(client)
        app.leave.set()
        assert ((await request).text, await running) == ("ok", 0)


async def _refused(client: httpx.AsyncClient) -> None:
    """Until new connections are refused; one that still waited to be accepted is reset when the socket closes."""
    with suppress(httpx.ConnectError):
        while True:
            async with httpx.AsyncClient(base_url=client.base_url) as other:
                with suppress(httpx.ReadTimeout, httpx.ReadError):
                    await other.get("/", timeout=httpx.Timeout(5.0, read=0.02))


async def test_a_port_that_is_taken_ends_the_process() -> None:
    first = HttpServer(Slow(), host="127.0.0.1", port=0)
    await first.start()
    assert await run([HttpServer(Slow(), host="127.0.0.1", port=first.port)]) == 1
    await first.stop()


async def test_the_database_is_a_part(dsn: str) -> None:
    part = DatabasePart(Database(dsn))
    before = await part.ready()
    await part.start()
    during = await part.ready(), part.healthy()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(part.ended(), 0.01)
    await part.stop()
    assert (before, during, await part.ready()) == (False, (True, True), False)


PROGRAM = """
import asyncio, sys
from shared.runtime import Loop, Runtime, launch

async def turn(stop, beat):
    beat()
    print("up", flush=True)
    await stop.wait()
    print("told", flush=True)
    if "stubborn" in sys.argv:
        await asyncio.Future()
    if "crash" in sys.argv:
        raise LookupError

async def main():
    return await Runtime("test", drain_seconds=60).run([Loop("relay", turn)])

sys.exit(launch(main()))
"""


async def test_a_process_measures_its_event_loop_and_its_garbage_collections() -> None:
    delays = sample("pasum_event_loop_delay_seconds_count")
    collections = sample("pasum_garbage_collection_seconds_count", generation="2")
    runtime = Runtime("test")
    running = asyncio.create_task(runtime.run([Loop("idle", idle)]))
    await until(lambda: sample("pasum_event_loop_delay_seconds_count") > delays)
    gc.collect()
    runtime.drain()
    assert await running == 0
    assert sample("pasum_garbage_collection_seconds_count", generation="2") > collections


async def test_the_pool_of_connections_shows_what_is_used(dsn: str) -> None:
    def shown() -> list[float]:
        states = [sample("pasum_database_connections", state=state) for state in ("used", "idle")]
        return [*states, sample("pasum_database_connections_limit")]

    database = Database(dsn, pool_size=3)
    await database.open()
    async with database.transaction(), database.transaction():
        assert shown() == [2, 0, 3]
    assert shown() == [0, 2, 3]
    await database.close()
    assert shown() == [0, 0, 3]


@pytest.mark.parametrize(
    ("how", "signals", "exit_code"),
    [
        ("polite", [signal.SIGTERM], 0),
        ("polite", [signal.SIGINT], 0),
        ("crash", [signal.SIGTERM], 1),
        ("stubborn", [signal.SIGTERM, signal.SIGTERM], 1),
        ("stubborn", [signal.SIGINT, signal.SIGTERM], 1),
    ],
)
async def test_signals_drain_and_a_second_one_ends_at_once(
    how: str, signals: list[signal.Signals], exit_code: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, how), cwd=SOURCE, stdout=asyncio.subprocess.PIPE, env={**os.environ}
    )
    assert process.stdout is not None
    for number, word in zip(signals, (b"up", b"told"), strict=False):
        while word not in await process.stdout.readline():
            pass
        process.send_signal(number)
    await process.communicate()
    assert process.returncode == exit_code


def test_a_process_runs_on_uvloop() -> None:
    async def main() -> int:
        return 7 if type(asyncio.get_running_loop()).__module__.startswith("uvloop") else 0

    assert launch(main()) == 7
