"""Registration as its callers see it: meetings, links, answers and scans over HTTP, in this process."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from services.registration.api.dependencies import anonymous, digest
from services.registration.api.person_input import PersonInput
from services.registration.api.tokens import token_of_link
from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.flows import new_code
from shared.contracts.ids import new_id
from shared.database import Database
from shared.messaging.jobs import Worker
from shared.runtime import Runtime
from shared.service import ProcessRole, Service, application
from shared.settings import SmsSettings
from tests.registration.scenario import NOW
from tests.shared.bus import running, until
from tests.shared.provider import Provider

ORGANISER = "MTC"
INVITED = "MOF"
START = datetime.fromisoformat("2022-09-19T08:30:00+07:00")
END = START + timedelta(hours=4)
NEVER = "2099-01-01T00:00:00Z"  # the meeting is of 2022, the clock is not


def meeting(**changes: Any) -> dict[str, Any]:
    """A meeting to be drafted."""
    told: dict[str, Any] = {
        "title": {"lo": "ກອງປະຊຸມປຶກສາຫາລື", "en": "Consultation meeting"},
        "venue": {"lo": "ຫ້ອງປະຊຸມໃຫຍ່"},
        "starts_at": START.isoformat(),
        "ends_at": END.isoformat(),
        "organiser": ORGANISER,
        "capacity": 55,
        "chair": {"given_name": "ສັນຕິສຸກ", "rank": 50, "mobile": "020 2999 9001"},
    }
    return {**told, **changes}


def person(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Somebody with a number of his own."""
    return {"given_name": f"ຄົນທີ {number}", "rank": 80, "mobile": f"020 5555 {1000 + number}", **changes}


def answer(number: int = 0, *, body: str = INVITED, link: str | None = None, **changes: Any) -> dict[str, Any]:
    """What somebody of `body` sends, by `link` where there is one."""
    return {"organisation": body, "person": person(number, **changes), **({"invitation": link} if link else {})}


def registration_request(
    path: str, number: int = 0, *, token: str | None = None, body: str = INVITED
) -> RegistrationRequest:
    """What the route makes of the request of person `number` of `body`, who has shown the link with `token`."""
    recorded = PersonInput(**person(number)).checked(new_id(), body, field="/person", sms=SmsSettings())
    command = RegisterParticipant(
        actor=anonymous(token),
        at=NOW,
        registration_id=new_id(),
        person_id=recorded.person_id,
        organisation=body,
        rank=recorded.rank,
        link_sha256=digest(token) if token else None,
        code=new_code(),
    )
    return RegistrationRequest(meeting_id=UUID(path.rpartition("/")[2]), person=recorded, command=command)


def code_of(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and offending member of a problem, which is one by its media type."""
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert (told["status"], bool(told["title"]), bool(told["title_en"])) == (response.status_code, True, True)
    return response.status_code, told["code"], told.get("field")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who sends requests, with a token or without."""

    http: httpx.AsyncClient
    headers: Mapping[str, str]

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self.headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """`idempotency_key="k"` and `if_match='"1"'` are headers."""
        return await self._send("POST", path, body, headers)

    async def put(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self._send("PUT", path, body, headers)

    async def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self._send("PATCH", path, body, headers)

    async def delete(self, path: str, **headers: str) -> httpx.Response:
        return await self._send("DELETE", path, None, headers)

    async def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(method, path, json=body, headers={**self.headers, **more})


@dataclass(frozen=True, slots=True)
class RegistrationService:
    """The running service, its database, and whoever calls."""

    built: Service
    http: httpx.AsyncClient
    provider: Provider

    @property
    def database(self) -> Database:
        return self.built.database

    def as_(self, *roles: str, body: str | None = ORGANISER, **claims: Any) -> Caller:
        """Somebody with these roles of `body`; nobody's account without roles."""
        if not roles:
            return Caller(self.http, {})
        token = self.provider.token(*roles, **({"organisation": body} if body else {}), **claims)
        return Caller(self.http, {"authorization": f"Bearer {token}"})

    @property
    def organiser(self) -> Caller:
        return self.as_("organiser", subject="organiser")

    @property
    def anybody(self) -> Caller:
        return self.as_()

    async def drafted(self, **changes: Any) -> str:
        """The path of a new draft."""
        made = await self.organiser.post("/v1/meetings", meeting(**changes))
        assert made.status_code == 201, made.text
        return f"/v1/meetings/{made.json()['meeting_id']}"

    async def opened(self, **changes: Any) -> str:
        """The path of a new, announced meeting."""
        path = await self.drafted(**changes)
        assert (await self.organiser.post(f"{path}/open")).status_code == 200
        return path

    async def invited(self, path: str, *, body: str = INVITED, seats: int = 3, until: str = NEVER) -> str:
        """The token of the link of an invited body."""
        contact = {"given_name": "ຫົວໜ້າຫ້ອງການ", "rank": 60, "email": f"{body.lower()}@example.la"}
        invitation = {"organisation": body, "seats": seats, "expires_at": until, "contact": contact}
        made = await self.organiser.post(f"{path}/invitations", invitation)
        assert made.status_code == 201, made.text
        token: str = made.json()["token"]
        return token

    async def registered(self, path: str, number: int = 0, **changes: Any) -> dict[str, Any]:
        """What somebody was told who registered."""
        made = await self.anybody.post(f"{path}/registrations", answer(number, **changes))
        assert made.status_code == 201, made.text
        told: dict[str, Any] = made.json()
        return told

    async def withdrawn(self, path: str, seat: Mapping[str, Any]) -> None:
        done = await self.anybody.post(
            f"{path}/registrations/{seat['registration_id']}/withdraw", {"code": seat["code"]}
        )
        assert done.status_code == 200, done.text

    async def sent(self, path: str, seat: Mapping[str, Any], number: int) -> dict[str, Any]:
        """What the representative of a seat was told."""
        body = {"code": seat["code"], "representative": person(number)}
        made = await self.anybody.post(f"{path}/registrations/{seat['registration_id']}/representative", body)
        assert made.status_code == 201, made.text
        told: dict[str, Any] = made.json()
        return told

    async def scanned(
        self, path: str, *scans: Mapping[str, Any], offline: bool = False, device: str = "desk-1"
    ) -> list[Any]:
        """Outcome and reason of each scan."""
        timed = [{"nonce": str(uuid4()), "scanned_at": START.isoformat(), **scan} for scan in scans]
        body = {"device": device, "offline": offline, "scans": timed}
        done = await self.as_("desk").post(f"{path}/check-ins", body)
        assert done.status_code == 200, done.text
        return [(one["outcome"], one["reason"]) for one in done.json()["results"]]

    async def statistics(self, path: str) -> dict[str, Any]:
        figures: dict[str, Any] = (await self.organiser.get(f"{path}/statistics")).json()
        return figures

    async def rows(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        async with self.database.reading() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows

    async def value(self, query: str, *arguments: Any) -> Any:
        return (await self.rows(query, *arguments))[0][0]

    async def imported(self, path: str, content: bytes, *, media_type: str = "text/csv") -> dict[str, Any]:
        """The preview of a list, once it is made."""
        headers = {**self.organiser.headers, "content-type": media_type}
        sent = await self.http.post(f"{path}/imports", content=content, headers=headers)
        assert sent.status_code == 202, sent.text
        await self.worked()
        preview: dict[str, Any] = (await self.organiser.get(sent.headers["location"])).json()
        return preview

    async def worked(self) -> None:
        """Let the worker do every job that is there, and those that follow."""

        async def idle() -> bool:
            return not await self.value("SELECT count(*) FROM job WHERE state <> 'done'")

        async with running(Worker(self.database, self.built.effects)):
            await until(idle)

    async def tickets(self) -> dict[str, str]:
        """The newest ticket of each registration, opened as notification would."""
        sealer = self.built.state["dependencies"].sealer
        rows = await self.rows("SELECT payload FROM outbox WHERE type = 'registration.ticket-issued.v1' ORDER BY id")
        facts = [json.loads(row["payload"]) for row in rows]
        return {fact["registration_id"]: sealer.open(fact["sealed_ticket"]) for fact in facts}

    async def own_tokens(self) -> dict[str, str]:
        """The newest token of each registration's own link, opened as notification would."""
        sealer = self.built.state["dependencies"].sealer
        rows = await self.rows("SELECT payload FROM outbox ORDER BY id")
        facts = [json.loads(row["payload"] or "{}") for row in rows]
        links = {fact["registration_id"]: fact["own_link"]["sealed"] for fact in facts if fact.get("own_link")}
        return {seat: token_of_link(sealer.open(link)) for seat, link in links.items()}


def http_application(service: Service) -> FastAPI:
    """The service's HTTP routes alone."""
    app = application(service, Runtime(service.name), [ProcessRole.API])
    app.state.leaving.set()  # a stream ends after its first event: the client in this process waits for its end
    return app


async def together(*awaitables: Any) -> list[Any]:
    """All at once."""
    return await asyncio.gather(*awaitables)
