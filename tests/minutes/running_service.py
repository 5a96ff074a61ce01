"""Minutes as the tests run them: the service on a real database, with folders, keys and callers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.issuer import issue_token
from deploy.local.pki import TestPki
from services.minutes.domain.state import minutes_id_of
from services.minutes.effects import effects
from services.minutes.policy import DRAFT_MINUTES, PUBLISH_NEWS, SIGN_MINUTES
from services.minutes.ports import Dependencies
from services.minutes.subscribers import handle
from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.database import Database
from shared.messaging.cloudevents import Cause, Envelope
from shared.messaging.consumer.handlers import handle_run
from shared.messaging.jobs import Answer, ClaimedJob
from tests.minutes.registration_facts import END, everybody, meeting_facts

ISSUER = "https://issuer.test"
_SEQUENCE = count(1)


def envelope(fact: Fact) -> Envelope:
    """A fact as a consumer sees it."""
    contract, event_id = BY_MODEL[type(fact)], str(new_id())
    return Envelope(
        id=event_id,
        source=f"/eoffice/{contract.topic.owner}",
        type=contract.type,
        subject=str(uuid4()),
        time=END,
        sequence=next(_SEQUENCE),
        correlation_id=event_id,
        actor=None,
        traceparent=None,
        data=fact,
        payload=None,
    )


@dataclass(slots=True)
class MinutesService:
    """The service; a test may change `dependencies`, `client` calls the routes."""

    database: Database
    dependencies: Dependencies
    client: httpx.AsyncClient
    pki: TestPki
    issuer: Path

    async def receive(self, *facts: Fact) -> None:
        """Process facts as one batch of the consumer."""
        await self.receive_events([envelope(fact) for fact in facts])

    async def receive_events(self, events: Sequence[Envelope]) -> None:
        """Process events as one batch of the consumer."""
        async with self.database.transaction() as connection:
            await handle_run(connection, handle, events)

    async def call(self, method: str, path: str, *roles: str, organisation: str = "MTC", **sent: Any) -> httpx.Response:
        """One request of somebody with these roles; nobody's without."""
        headers = dict(sent.pop("headers", {}))
        if roles:
            token = issue_token(self.issuer, issuer=ISSUER, roles=roles, organisation=organisation, subject="somebody")
            headers["Authorization"] = f"Bearer {token}"
        return await self.client.request(method, path, headers=headers, **sent)

    async def step(self, minutes: UUID, step: str, role: str, **sent: Any) -> httpx.Response:
        """POST one step of the minutes."""
        return await self.call("POST", f"/v1/minutes/{minutes}/{step}", role, **sent)

    async def view(self, minutes: UUID) -> dict[str, Any]:
        """The minutes as their secretary sees them."""
        answer = await self.call("GET", f"/v1/minutes/{minutes}", "secretary")
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        return seen

    async def work(self, kind: str, minutes: UUID) -> Answer:
        """What a job does outside; its answer is not given yet."""
        return await effects(self.dependencies)[kind](_job(kind, minutes))

    async def attempt(self, kind: str, minutes: UUID) -> None:
        """One attempt of a job, with its answer."""
        answer = await self.work(kind, minutes)
        async with self.database.transaction() as connection:
            await answer(connection)

    async def drafted(self, meeting: UUID | None = None) -> UUID:
        """Minutes of a meeting that is over, drafted."""
        meeting = meeting or new_id()
        await self.receive(*everybody(), *meeting_facts(meeting))
        await self.attempt(DRAFT_MINUTES, minutes_id_of(meeting))
        return minutes_id_of(meeting)

    async def submitted(self) -> UUID:
        """Drafted minutes that wait for the chair."""
        minutes = await self.drafted()
        assert (await self.step(minutes, "submit", "secretary")).status_code == 200
        return minutes

    async def approved(self) -> UUID:
        """Minutes with a number, not yet signed."""
        minutes = await self.submitted()
        assert (await self.step(minutes, "approve", "chair")).status_code == 200
        return minutes

    async def published(self) -> UUID:
        """Signed and published minutes, with their news item."""
        minutes = await self.approved()
        await self.attempt(SIGN_MINUTES, minutes)
        assert (await self.step(minutes, "publish", "secretary")).status_code == 200
        await self.attempt(PUBLISH_NEWS, minutes)
        return minutes

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def outbox_types(self, minutes: UUID) -> Sequence[str]:
        """The facts of these minutes that wait in the outbox, in order, without owner and version."""
        query = "SELECT type FROM outbox WHERE aggregate_id = $1 ORDER BY id"
        return [kind.split(".")[1] for (kind,) in await self.rows(query, str(minutes))]

    async def payloads(self) -> str:
        """Everything that waits in the outbox, as text."""
        return "\n".join(payload.decode() for (payload,) in await self.rows("SELECT payload FROM outbox"))


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, after a look at its two languages."""
    problem = answer.json()
    assert any("\u0e80" <= letter <= "\u0eff" for letter in problem["title"])
    assert problem["title_en"].isascii()
    return answer.status_code, problem["code"]


def _job(kind: str, minutes: UUID) -> ClaimedJob:
    return ClaimedJob(
        id=1,
        kind=kind,
        name=str(minutes),
        key=str(minutes),
        payload={"minutes_id": str(minutes)},
        attempts=1,
        fence=1,
        cause=Cause(correlation_id="1", causation_id="1"),
    )
