"""Who may do what: one table of all services, route by role by body, and how it is asked of a running service."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from shared.http.problem import PROBLEM_JSON

HOME, AWAY, NOWHERE = "MTC", "MOF", None
"""The body that organises the meeting, another one, none."""

ROLES: Final = (
    "organiser",
    "focal-point",
    "desk",
    "secretary",
    "chair",
    "archivist",
    "operator",
    "service",
)
Who = tuple[str, str | None]
Admitted = frozenset[Who]


def at_home(*roles: str) -> Admitted:
    """With one of these roles, in the body that organises the meeting."""
    return frozenset((role, HOME) for role in roles)


def away(*roles: str) -> Admitted:
    """With one of these roles, in another body."""
    return frozenset((role, AWAY) for role in roles)


def anywhere(*roles: str) -> Admitted:
    """With one of these roles, whatever his body."""
    return frozenset((role, body) for role in roles for body in (HOME, AWAY, NOWHERE))


SIGNED_IN: Final = anywhere(*ROLES)
NOBODY: Final[Who] = ("nobody", NOWHERE)
ANYBODY: Final = SIGNED_IN | {NOBODY}
TOKEN, RIGHT, HIDDEN = "TokenMissing", "NotPermitted", "NotFound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that a route takes, about things that exist."""

    route: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


Ask = Callable[[Asked, Who], Awaitable[httpx.Response]]


def asking(http: httpx.AsyncClient, token: Callable[[str, str | None], str]) -> Ask:
    """How somebody sends a request to a service."""

    async def ask(asked: Asked, who: Who) -> httpx.Response:
        method = asked.route.partition(" ")[0]
        bearer = {} if who == NOBODY else {"authorization": f"Bearer {token(*who)}"}
        sent: dict[str, Any] = {"content": asked.content} if asked.content is not None else {"json": asked.body}
        return await http.request(method, asked.path, headers={**asked.headers, **bearer}, **sent)

    return ask


async def admitted(ask: Ask, asked: Asked, *, refusals: Collection[str] = (TOKEN, RIGHT, HIDDEN)) -> Admitted:
    """Whom a route admits; it refuses with these codes, and never in another way."""
    let_in = set()
    for who in sorted(ANYBODY, key=str):
        answer = await ask(asked, who)
        assert answer.status_code < 500, (asked.route, who, answer.text)
        code = answer.json()["code"] if answer.headers.get("content-type") == PROBLEM_JSON else ""
        if code not in refusals:
            assert answer.status_code not in {401, 403}, (asked.route, who, code)
            let_in.add(who)
        else:
            assert (code == TOKEN) == (who == NOBODY), (asked.route, who, code)
    return frozenset(let_in)
