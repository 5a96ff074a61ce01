"""Commands as a client sends them: any address of the service, one key for all tries, until a final answer has come."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self
from uuid import UUID

import httpx

from pasum.api import bearer
from tests.chaos.history import Answered, Invoked, Journal, Unanswered, traceparent

BODY: Final = "MTC"
TRY_SECONDS: Final = 8.0
_STAFF: Final = ("organiser", "secretary", "chair", "desk", "archivist", "operator")
_TOKEN_SECONDS: Final = 900.0
_AGAIN: Final = frozenset({401, 408, 425, 429})  # 401: a process whose clock is wrong believes no token
_KEPT: Final = (
    *("meeting_id", "invitation_id", "registration_id", "opinion_id", "decision_id", "action_id", "minutes_id"),
    *("state", "position", "version", "revision", "number"),
)
_SHORTEST, _LONGEST = 0.1, 2.0  # seconds between two tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One request that changes something; `staff` is sent with the token of somebody who may do everything."""

    service: str
    command: str
    path: str
    body: Any = None
    target: str = ""
    method: str = "POST"
    match: str | None = None
    staff: bool = True
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is empty where nothing was said."""

    status: int
    body: dict[str, Any]

    @property
    def done(self) -> bool:
        """Whether it took effect."""
        return self.status < HTTPStatus.BAD_REQUEST


class Caller:
    """Sends commands and writes down what was asked and answered; never more than what a journal may hold.

    `apis` are the addresses of each service, `found` is what the address file says.
    """

    def __init__(
        self, apis: Mapping[str, Sequence[str]], found: Mapping[str, Any], journal: Journal, *, chance: random.Random
    ) -> None:
        self.acknowledged = 0
        self.refused = 0
        self.tries = 0
        self.defects = 0
        self._apis = apis
        self._found = found
        self._journal = journal
        self._chance = chance
        self._token = ("", 0.0)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        self._http = httpx.AsyncClient(timeout=TRY_SECONDS, limits=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def do(self, command: Command) -> Answer:
        """Carry out one command, however often it must be sent."""
        identifier = str(UUID(int=self._chance.getrandbits(128), version=4))
        self._journal.write(
            Invoked(
                at=time.time(),
                id=identifier,
                service=command.service,
                command=command.command,
                target=command.target,
                refs=dict(command.refs),
            )
        )
        addresses = self._shuffled(command.service)
        wait, number = _SHORTEST, 0
        while (answer := await self._try(identifier, command, addresses[number % len(addresses)])) is None:
            number += 1
            await asyncio.sleep(self._chance.uniform(wait / 2, wait))
            wait = min(wait * 2, _LONGEST)
        return answer

    async def look(self, service: str, path: str, **parameters: str) -> Any:
        """What a GET gives at any of the service's addresses, None where none of them gives anything now."""
        for address in self._shuffled(service):
            try:
                response = await self._http.get(f"{address}{path}", params=parameters or None, headers=self._headers())
            except httpx.HTTPError:
                continue
            if response.is_success:
                return response.json()
        return None

    async def ready(self, address: str) -> bool:
        """Whether a readiness address says yes."""
        try:
            return (await self._http.get(address, timeout=3.0)).is_success
        except httpx.HTTPError:
            return False

    async def _try(self, identifier: str, command: Command, address: str) -> Answer | None:
        headers = {"Idempotency-Key": identifier, "traceparent": traceparent(identifier)}
        headers |= self._headers() if command.staff else {}
        headers |= {"If-Match": command.match} if command.match else {}
        self.tries += 1
        try:
            response = await self._http.request(
                command.method, f"{address}{command.path}", json=command.body, headers=headers
            )
            body = _body(response)
        except (httpx.HTTPError, ValueError, TypeError) as error:
            self._journal.write(Unanswered(at=time.time(), id=identifier, why=type(error).__name__))
            return None
        if not _final(response.status_code, body):
            self.defects += response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
            self._journal.write(Unanswered(at=time.time(), id=identifier, why=str(response.status_code)))
            return None
        self._note(identifier, command, response, body)
        return Answer(response.status_code, body)

    def _note(self, identifier: str, command: Command, response: httpx.Response, body: Mapping[str, Any]) -> None:
        if response.is_success:
            self.acknowledged += 1
        else:
            self.refused += 1
        self._journal.write(
            Answered(
                at=time.time(),
                id=identifier,
                status=response.status_code,
                result=_result(command, body) if response.is_success else {"code": str(body.get("code", ""))},
                replayed=response.headers.get("idempotency-replayed") == "true",
            )
        )

    def _shuffled(self, service: str) -> list[str]:
        addresses = list(self._apis[service])
        self._chance.shuffle(addresses)
        return addresses

    def _headers(self) -> dict[str, str]:
        token, until = self._token
        if time.monotonic() > until:
            token = bearer(self._found, *_STAFF, organisation=BODY, subject="chaos-staff")
            self._token = (token, time.monotonic() + _TOKEN_SECONDS)
        return {"Authorization": f"Bearer {token}"}


def _body(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; raises `ValueError` or `TypeError` where it is cut or is none."""
    body = response.json() if response.content else {}
    if not isinstance(body, dict):
        raise TypeError("an answer that is no object")
    return body


def _final(status: int, body: Mapping[str, Any]) -> bool:
    in_flight = status == HTTPStatus.CONFLICT and body.get("code") == "RequestInFlight"
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _AGAIN and not in_flight


def _result(command: Command, body: Mapping[str, Any]) -> dict[str, str | int | None]:
    if command.command == "check-in":
        (scan,) = body["results"]
        return {name: scan[name] for name in ("outcome", "registration_id")}
    return {name: body[name] for name in _KEPT if name in body}
