"""What several resources of minutes receive, answer and depend on."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import Depends
from pydantic import BaseModel, Field
from starlette.requests import Request

from services.minutes.domain.draft import Section, drafted
from services.minutes.domain.state import Minutes
from services.minutes.ports import Dependencies
from services.minutes.store import DRAFTS
from shared.application import Outcome
from shared.contracts.base import Bilingual, Instant
from shared.http import Reply, etag, require
from shared.http.dependencies import injected_dependencies
from shared.http.identity import BearerToken
from shared.kernel import Actor, NotPermitted, Role

READERS = (Role.SECRETARY, Role.CHAIR, Role.ORGANISER)
"""Roles that read minutes of their own body before they are published."""

_BEARER = BearerToken()


class MinutesState(BaseModel):
    """What a command has led to."""

    minutes_id: UUID
    state: str
    revision: int
    number: str | None


class MinutesView(BaseModel):
    """Minutes in a list; the figures are those of the draft."""

    minutes_id: UUID
    meeting_id: UUID
    title: Bilingual
    state: str
    revision: int = Field(description="of the text; the ETag")
    number: str | None = Field(description="allocated with the approval")
    present: int | None
    women: int | None


class SectionView(BaseModel):
    """A section as it stands, what the facts give for it, and whether somebody has written it himself."""

    text: str | None
    drafted: str | None
    edited: bool


class MinutesDetail(MinutesView):
    """Minutes with their text, section by section."""

    returned: str | None = Field(description="why the chair has sent them back")
    approved_at: Instant | None
    published_at: Instant | None
    text: dict[Section, SectionView]


async def optional_actor(request: Request) -> Actor | None:
    """Dependency: the actor of the token, None without a token; a token that is not valid is refused."""
    return await _BEARER(request) if "authorization" in request.headers else None


InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]
OptionalActor: TypeAlias = Annotated[Actor | None, Depends(optional_actor)]


def require_own(actor: Actor, organiser: str, *roles: Role) -> None:
    """The actor has one of `roles`, and that in the organiser's body; raises `NotPermitted`."""
    require(actor, *roles)
    if not actor.acts_for(organiser):
        raise NotPermitted


def overview(row: asyncpg.Record) -> dict[str, Any]:
    """The members of `MinutesView`."""
    gathering = (row["draft"] or {}).get("gathering", {})
    return {
        **{name: row[name] for name in ("minutes_id", "meeting_id", "title", "revision", "number")},
        "state": row["phase"],
        "present": gathering.get("present"),
        "women": gathering.get("women"),
    }


def sections(row: asyncpg.Record) -> dict[Section, SectionView]:
    """The text section by section; empty before the draft."""
    if row["draft"] is None:
        return {}
    given, edits = drafted(DRAFTS.validate_python(row["draft"])), row["edits"]
    return {
        section: SectionView(
            text=edits.get(section, given.get(section)), drafted=given.get(section), edited=section in edits
        )
        for section in Section
    }


def state_reply(outcome: Outcome[Minutes]) -> Reply:
    """The answer of a command."""
    minutes = outcome.state
    body = MinutesState(
        minutes_id=minutes.minutes_id, state=minutes.phase, revision=minutes.revision, number=minutes.number
    )
    return Reply(body=body, headers={"ETag": etag(minutes.revision)})
