"""A client that balances over two processes as a load balancer would: by `/readyz`, and one retry after a reset."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx

from tests.startup.process import Watched

PROBE_SECONDS: Final = 0.2
RESET: Final = (httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError)
"""A connection that was closed by the other side; the request may be sent again, as it carries an Idempotency-Key."""


@dataclass(slots=True)
class Outcomes:
    """What became of the requests: status → how many; `retried` and `failed` for connections."""

    statuses: dict[int, int] = field(default_factory=dict)
    retried: int = 0
    failed: list[str] = field(default_factory=list)
    closed: int = 0  # answers with Connection: close


class Balancer:
    """Sends each request to the next process that was ready when it was last asked."""

    def __init__(self, processes: list[Watched]) -> None:
        self.outcomes = Outcomes()
        self.able = list(processes)
        self._all = list(processes)
        self._turn = count()
        self._http = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=200))

    async def probe(self) -> None:
        """Ask all processes again and again; runs until it is cancelled."""
        while True:
            answers = await asyncio.gather(*(self._ready(one) for one in self._all))
            self.able = [one for one, ready in zip(self._all, answers, strict=True) if ready]
            await asyncio.sleep(PROBE_SECONDS)

    async def send(self, path: str, **request: Any) -> None:
        """One POST."""
        try:
            answer = await self._try(path, **request)
        except httpx.HTTPError as error:
            self.outcomes.failed.append(type(error).__name__)
            return
        self.outcomes.closed += answer.headers.get("connection") == "close"
        self.outcomes.statuses[answer.status_code] = self.outcomes.statuses.get(answer.status_code, 0) + 1

    async def load(self, rate: float, one: Callable[[], Any], *, until: asyncio.Event) -> None:
        """`rate` requests a second until the event is set; returns when all are answered."""
        loop, sent = asyncio.get_running_loop(), set()
        due = loop.time()
        while not until.is_set():
            task = asyncio.create_task(one())
            sent.add(task)
            task.add_done_callback(sent.discard)
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
        await asyncio.gather(*sent)

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _try(self, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._post(path, **request)
        except RESET:
            self.outcomes.retried += 1
            return await self._post(path, **request)

    async def _post(self, path: str, **request: Any) -> httpx.Response:
        chosen = self.able[next(self._turn) % len(self.able)]
        return await self._http.post(f"http://127.0.0.1:{chosen.public}{path}", **request)

    async def _ready(self, one: Watched) -> bool:
        with suppress(httpx.HTTPError):
            return (await self._http.get(f"http://127.0.0.1:{one.public}/readyz")).status_code == httpx.codes.OK
        return False
