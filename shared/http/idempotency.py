"""`Idempotency-Key`: the same request of the same actor takes effect once and is answered alike each time.

A key belongs to who asks, and to the method and path he asks: under another resource it is another key. Somebody
without an account is known by nothing but his whole request, so his key belongs to that: strangers who happen to choose
the same key neither hinder nor answer for each other. Who has lost a right since is refused the answer, too.

The answer is stored in the transaction of the effect, and only when that commits: a refusal leaves nothing behind and
is decided anew. Keys are kept for two days (`messaging.maintenance`); a client may rely on 24 hours.
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
_RIGHTS: Final = ":rights"  # among the headers that are kept; no header can be called that

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
    """What an act wants answered once it is committed; `body` None is an empty answer."""

    status: int = 200
    body: BaseModel | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAttempt:
    """One sending of a request: its Idempotency-Key, if any, and hashes.

    `place` is of method and path, `fingerprint` of method, path, query and body.
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
    """Dependency: how this request is told from others with the same key."""
    if key is None:
        return RequestAttempt(key=None, fingerprint=b"")
    place = f"{request.method} {request.url.path}"
    whole = f"{place}?{request.url.query}\0".encode() + await request.body()
    return RequestAttempt(key=key, fingerprint=sha256(whole).digest(), place=sha256(place.encode()).digest())


Attempt: TypeAlias = Annotated[RequestAttempt, Depends(request_attempt)]
Act: TypeAlias = Callable[[Connection], Awaitable[Reply]]
ActAll: TypeAlias = Callable[[Connection, Sequence[int]], Awaitable[Sequence[Reply | Refusal]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted:
    """A request among others."""

    attempt: RequestAttempt
    actor: Actor

    @property
    def owner(self) -> str:
        """Whose key it is."""
        known = self.actor.roles or self.actor.organisation
        return f"{self.actor.subject} {(self.attempt.place if known else self.attempt.fingerprint).hex()}"

    @property
    def rights(self) -> list[str | None]:
        """What the actor may, as it is kept with the answer: for whom he acts, and his roles."""
        return [self.actor.organisation, *sorted(self.actor.roles)]


async def once(attempt: RequestAttempt, act: Act, *, database: Database, actor: Actor) -> Response:
    """Run `act` in one transaction and answer after its commit; a repetition is answered from what was committed.

    Without a key it is the transaction alone. Raises `RequestInFlight`, `IdempotencyKeyReused`, and what `act` raises.
    """

    async def alone(connection: Connection, _: Sequence[int]) -> Sequence[Reply | Refusal]:
        return [await act(connection)]

    (verdict,) = await once_each([Attempted(attempt=attempt, actor=actor)], alone, database=database)
    if isinstance(verdict, Refusal):
        raise verdict
    return verdict


async def once_each(asked: Sequence[Attempted], act: ActAll, *, database: Database) -> list[Response | Refusal]:
    """As `once`, for requests that share a transaction; each is answered or refused for itself.

    `act` is called once, with the places in `asked` of those that are not repetitions, and returns a verdict for each;
    it has written nothing of those it refuses.
    """
    try:
        async with database.transaction() as connection:
            return await _once_each(connection, asked, act)
    except asyncpg.UniqueViolationError as error:
        if error.table_name != "idempotency_key" or len(asked) > 1:
            raise
        raise RequestInFlight from error  # the first one committed between our look and our lock


async def _once_each(connection: Connection, asked: Sequence[Attempted], act: ActAll) -> list[Response | Refusal]:
    known = await _recall(connection, asked)
    fresh = [at for at in range(len(asked)) if at not in known]
    verdicts = await act(connection, fresh) if fresh else []
    answers: dict[int, Response | Refusal] = {
        at: verdict if isinstance(verdict, Refusal) else _response(verdict)
        for at, verdict in zip(fresh, verdicts, strict=True)
    }
    await _keep(connection, [(asked[at], answer) for at, answer in answers.items() if isinstance(answer, Response)])
    known |= answers
    return [known[at] for at in range(len(asked))]


async def _recall(connection: Connection, asked: Sequence[Attempted]) -> dict[int, Response | Refusal]:
    """What is answered already, or is being answered by somebody else; of the others, the keys are locked."""
    keys = {at: (one.owner, one.attempt.key) for at, one in enumerate(asked) if one.attempt.key}
    first = {key: at for at, key in reversed(keys.items())}
    known: dict[int, Response | Refusal] = {at: RequestInFlight() for at, key in keys.items() if first[key] != at}
    if not first:
        return known
    columns = ([owner for owner, _ in first], [key for _, key in first], [_lock(*key) for key in first])
    for row in await connection.fetch(_TAKE, *columns):
        at = first[row["actor"], row["key"]]
        if row["status"] is not None:
            known[at] = _replay(row, asked[at])
        elif not row["free"]:
            known[at] = RequestInFlight()
    return known


async def _keep(connection: Connection, answered: Sequence[tuple[Attempted, Response]]) -> None:
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
    """The advisory lock of one key of one actor; the transaction holds it, so that a crash leaves nothing behind."""
    return int.from_bytes(sha256(f"{owner}\0{key}".encode()).digest()[:8], "big", signed=True)
