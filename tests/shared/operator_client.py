"""A client of the operators' API, of a service whose consumer, outbox and jobs are the kernel's alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx
from fastapi import FastAPI

from shared.database import Database
from shared.http import create_app
from shared.http.clients import READS, WRITES, ClientLimits
from shared.messaging.consumer.handlers import EventHandler, one_by_one
from shared.operations.api import ROUTERS as OPERATIONS
from tests.shared.batches import GROUP
from tests.shared.bus import note
from tests.shared.provider import Provider
from tests.shared.sample_service import Health, client, problem

WHY = "mended in 0.1.1"


@dataclass(slots=True)
class OperatorClient:
    """One operator, or somebody with other roles; what the service's handler does can be changed."""

    app: FastAPI
    token: Callable[..., str]
    caller: httpx.AsyncClient
    roles: tuple[str, ...] = field(default=("operator",))

    def as_(self, *roles: str) -> Self:
        """The same client with other roles."""
        return type(self)(self.app, self.token, self.caller, roles)

    def mend(self, handler: EventHandler) -> None:
        """A new release of the service."""
        self.app.state.handler = one_by_one(handler)

    async def get(self, path: str, **query: Any) -> Any:
        """The answer, which must be a good one."""
        answer = await self.caller.get(path, params=query, headers=self._who())
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, *, idempotency_key: str | None = None, **body: Any) -> Any:
        """The answer, which must be a good one; with an Idempotency-Key as the command line sends."""
        answer = await self._post(path, body, idempotency_key)
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.content else None

    async def refused(self, path: str, **body: Any) -> tuple[int, str]:
        """Status and code of the refusal."""
        answer = await (self._post(path, body, None) if body else self.caller.get(path, headers=self._who()))
        return answer.status_code, problem(answer)["code"]

    async def _post(self, path: str, body: dict[str, Any], key: str | None) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid4().hex, **self._who()}
        return await self.caller.post(path, json={"why": WHY, **body}, headers=headers)

    def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(*self.roles, subject='kham')}"}


def operator_client(database: Database, provider: Provider) -> OperatorClient:
    """A client of the operators' API on this database."""
    app = create_app(
        service="test",
        title="Test",
        routers=OPERATIONS,
        database=database,
        verifier=provider.verifier(),
        liveness=Health().liveness,
        readiness=Health().readiness,
        client_limits=ClientLimits({READS: 1_000_000, WRITES: 1_000_000}),
    )
    app.state.handler, app.state.group = one_by_one(note), GROUP
    return OperatorClient(app, provider.token, client(app))
