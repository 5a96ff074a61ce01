"""`Idempotency-Key`: a repeated request of the same actor takes effect once and gets the same answer again.

A key is valid for one actor, method and path; the same key for another resource is a different key. Somebody without
an account can be identified only by the whole request, so his key also includes the body: two anonymous clients who
choose the same key do not affect each other. An actor who has lost a role since is refused the stored answer.

The answer is stored in the transaction of the effect. A refused request stores nothing and is decided again. Keys are
kept for two days (`operations.maintenance`); a client may rely on 24 hours.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Final, TypeAlias

import asyncpg
from fastapi import Depends, Header
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from shared.database import Connection, Database
from shared.kernel import Actor, NotPermitted, Refusal
from shared.observability.metrics import IDEMPOTENT_REPLAYS, RIGHTS_REFUSED

REPLAYED: Final = "idempotency-replayed"
_RIGHTS: Final = ":rights"  # stored among the headers; a header name cannot contain a colon

_TAKE: Final = """
SELECT actor, key, pg_try_advisory_xact_lock(lock) AS free, request_hash, status, headers, body
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS asked(actor, key, lock)
LEFT JOIN idempotency_key AS stored USING (actor, key)
"""
_KEEP: Final = """
INSERT INTO idempotency_key (actor, key, request_hash, status, headers, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::int[], $5::jsonb[], $6::bytea[])
"""


class RequestInFlight(Refusal):
    """The first request with this key has not been answered yet."""

    status = 409
    lao = "ຄຳຂໍດຽວກັນນີ້ກຳລັງດຳເນີນການຢູ່. ກະລຸນາລໍຖ້າ"
    english = "The same request is being carried out; wait for its answer."


class IdempotencyKeyReused(Refusal):
    """The key has been used for another request."""

    status = 422
    lao = "Idempotency-Key ນີ້ໄດ້ໃຊ້ກັບຄຳຂໍອື່ນແລ້ວ"
    english = "This Idempotency-Key was used for another request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to give after the commit; `body` None means an empty body."""

    status: int = 200
    body: BaseModel | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAttempt:
    """What identifies a request: its Idempotency-Key, if any, and two SHA-256 hashes.

    `place` is the hash of method and path, `fingerprint` that of method, path, query and body.
    """

    key: str | None
    fingerprint: bytes
    place: bytes = b""


IdempotencyKeyHeader: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key with the same request takes effect once",
    ),
]


async def request_attempt(request: Request, key: IdempotencyKeyHeader = None) -> RequestAttempt:
    """Dependency: the key and the hashes of this request; reads the body if there is a key."""
    return attempt_of(request, key, body=b"" if key is None else await request.body())


def attempt_of(request: Request, key: str | None, *, body: bytes) -> RequestAttempt:
    """The same of a body that was read already; of a file its hash is enough."""
    if key is None:
        return RequestAttempt(key=None, fingerprint=b"")
    place = f"{request.method} {request.url.path}"
    whole = f"{place}?{request.url.query}\0".encode() + body
    return RequestAttempt(key=key, fingerprint=sha256(whole).digest(), place=sha256(place.encode()).digest())


Attempt: TypeAlias = Annotated[RequestAttempt, Depends(request_attempt)]
Act: TypeAlias = Callable[[Connection], Awaitable[Reply]]
ActAll: TypeAlias = Callable[[Connection, Sequence[int]], Awaitable[Sequence[Reply | Exception]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """A request and who sent it."""

    attempt: RequestAttempt
    actor: Actor

    @property
    def owner(self) -> str:
        """To whom the key belongs: the actor and the route; for an anonymous actor also the body of the request."""
        known = self.actor.roles or self.actor.organisation
        return f"{self.actor.subject} {(self.attempt.place if known else self.attempt.fingerprint).hex()}"

    @property
    def rights(self) -> list[str | None]:
        """The actor's organisation and roles, which are stored with the answer and checked at a repetition."""
        return [self.actor.organisation, *sorted(self.actor.roles)]


async def once(attempt: RequestAttempt, act: Act, *, database: Database, actor: Actor) -> Response:
    """Run `act` in one transaction and answer after the commit; a repetition gets the stored answer, `act` is not run.

    Without a key `act` is always run. Raises `RequestInFlight`, `IdempotencyKeyReused`, `NotPermitted` (the actor has
    lost a role since the first request), and what `act` raises.
    """

    async def alone(connection: Connection, _: Sequence[int]) -> Sequence[Reply | Exception]:
        return [await act(connection)]

    (verdict,) = await once_each([Attempted(attempt=attempt, actor=actor)], alone, database=database)
    if isinstance(verdict, Exception):
        raise verdict
    return verdict


async def once_each(requests: Sequence[Attempted], act: ActAll, *, database: Database) -> list[Response | Exception]:
    """As `once`, for several requests in one transaction; returns an answer or an exception for each, in their order.

    `act` is called once, with the indexes in `requests` of those that are not repetitions, and returns a reply or an
    exception for each. It must have written nothing for the requests that it refuses.
    """
    try:
        async with database.transaction() as connection:
            return await _once_each(connection, requests, act)
    except asyncpg.UniqueViolationError as error:
        if error.table_name != "idempotency_key" or len(requests) > 1:
            raise
        raise RequestInFlight from error  # another request with this key committed before we had the lock


async def _once_each(connection: Connection, requests: Sequence[Attempted], act: ActAll) -> list[Response | Exception]:
    known = await _find_answers(connection, requests)
    fresh = [index for index in range(len(requests)) if index not in known]
    replies = await act(connection, fresh) if fresh else []
    answers: dict[int, Response | Exception] = {
        index: _response(reply) if isinstance(reply, Reply) else reply
        for index, reply in zip(fresh, replies, strict=True)
    }
    await _store(connection, [(requests[index], one) for index, one in answers.items() if isinstance(one, Response)])
    known |= answers
    return [known[index] for index in range(len(requests))]


async def _find_answers(connection: Connection, requests: Sequence[Attempted]) -> dict[int, Response | Exception]:
    """By index: stored answers, and `RequestInFlight` for keys that are in use; the other keys are locked."""
    keys = {index: (one.owner, one.attempt.key) for index, one in enumerate(requests) if one.attempt.key}
    first = {key: index for index, key in reversed(keys.items())}
    known: dict[int, Response | Exception] = {
        index: RequestInFlight() for index, key in keys.items() if first[key] != index
    }
    if not first:
        return known
    columns = ([owner for owner, _ in first], [key for _, key in first], [_lock(*key) for key in first])
    for row in await connection.fetch(_TAKE, *columns):
        index = first[row["actor"], row["key"]]
        if row["status"] is not None:
            known[index] = _replay(row, requests[index])
        elif not row["free"]:
            known[index] = RequestInFlight()
    return known


async def _store(connection: Connection, answered: Sequence[tuple[Attempted, Response]]) -> None:
    kept = [(one, response) for one, response in answered if one.attempt.key]
    if kept:
        await connection.execute(
            _KEEP,
            [one.owner for one, _ in kept],
            [one.attempt.key for one, _ in kept],
            [one.attempt.fingerprint for one, _ in kept],
            [response.status_code for _, response in kept],
            [{**_headers(response), _RIGHTS: one.rights} for one, response in kept],
            [response.body for _, response in kept],
        )


def _headers(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "content-length"}


def _replay(stored: asyncpg.Record, again: Attempted) -> Response | Refusal:
    """The stored answer, if `again` is the same request and its actor still has the roles of the first."""
    headers = dict(stored["headers"])
    organisation, *roles = headers.pop(_RIGHTS)
    if organisation != again.actor.organisation or not again.actor.roles.issuperset(roles):
        RIGHTS_REFUSED.labels(NotPermitted.__name__).inc()
        return NotPermitted()
    if stored["request_hash"] != again.attempt.fingerprint:
        return IdempotencyKeyReused()
    IDEMPOTENT_REPLAYS.inc()
    return Response(stored["body"], status_code=stored["status"], headers={**headers, REPLAYED: "true"})


def _response(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status_code=reply.status, headers=reply.headers)
    content = to_json(reply.body, by_alias=True)
    return Response(content, status_code=reply.status, headers=reply.headers, media_type="application/json")


def _lock(owner: str, key: str) -> int:
    """The number of the advisory lock of a key; the transaction holds the lock, so a crash releases it."""
    return int.from_bytes(sha256(f"{owner}\0{key}".encode()).digest()[:8], "big", signed=True)
