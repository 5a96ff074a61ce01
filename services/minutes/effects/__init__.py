"""What minutes does outside of transactions: drafting when all is known, rendering and signing, the news item.

Each job may be interrupted anywhere and is then done again from its start. Documents are stored under the hash of their
bytes, so an interrupted attempt leaves at most an object that no fact refers to.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

import asyncpg

from services.minutes import views
from services.minutes.domain.commands import DraftMinutes, PublishNews, SignMinutes
from services.minutes.domain.draft import Draft
from services.minutes.domain.printable import check_printable
from services.minutes.domain.state import PUBLIC, Phase
from services.minutes.domain.text import news_item
from services.minutes.effects.document import ApprovedMinutes, document, news_facts, signatories, structured_text
from services.minutes.flows import draft_now
from services.minutes.policy import DRAFT_MINUTES, PUBLISH_NEWS, SERVICE, SIGN_MINUTES
from services.minutes.ports import Dependencies
from services.minutes.store import DRAFTS, MINUTES
from shared.application import execute
from shared.contracts.ids import derived_id
from shared.contracts.minutes import DocumentReference
from shared.database import Connection
from shared.messaging.jobs import Answer, ClaimedJob, Effect, nothing

PDF = "application/pdf"
JSON = "application/json"
RETRY_SECONDS = 0.5
"""Seconds until the draft is tried again while a person or a body is not known yet."""


class SignatureNotTrusted(Exception):
    """What was signed does not verify against the trust root: it is not published."""


def effects(dependencies: Dependencies) -> Mapping[str, Effect]:
    """Job kind → the function that does it."""
    return {
        DRAFT_MINUTES: partial(_draft_minutes, dependencies),
        SIGN_MINUTES: partial(_sign_minutes, dependencies),
        PUBLISH_NEWS: partial(_publish_news, dependencies),
    }


async def _draft_minutes(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    minutes_id = UUID(job.payload["minutes_id"])
    async with dependencies.database.reading() as connection:
        draft = await draft_now(connection, minutes_id, retry_after=RETRY_SECONDS)
    command = DraftMinutes(actor=SERVICE, at=datetime.now(UTC), draft=draft)

    async def answer(connection: Connection) -> None:
        await execute(connection, MINUTES, minutes_id, command)

    return answer


async def _sign_minutes(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    minutes_id = UUID(job.payload["minutes_id"])
    approved = await _approved(dependencies, minutes_id)
    if approved is None:
        return nothing  # an earlier attempt was answered
    printed = document(approved)
    check_printable(structured_text(printed).decode())
    rendered = await dependencies.renderer.render(printed)
    signed = await dependencies.signer.sign(rendered, signatories(printed))
    proof = await asyncio.to_thread(dependencies.verifier.verify, signed)
    if not proof.trusted or proof.render_sha256 != sha256(rendered).hexdigest():
        raise SignatureNotTrusted(*proof.findings)
    command = SignMinutes(
        actor=SERVICE,
        at=datetime.now(UTC),
        document=await _stored(dependencies, signed, media_type=PDF),
        content=await _stored(dependencies, structured_text(printed), media_type=JSON),
        render_sha256=proof.render_sha256,
    )

    async def answer(connection: Connection) -> None:
        await execute(connection, MINUTES, minutes_id, command)

    return answer


async def _publish_news(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    minutes_id = UUID(job.payload["minutes_id"])
    async with dependencies.database.reading() as connection:
        row = await views.minutes(connection, minutes_id)
    if row["phase"] not in PUBLIC or row["news_id"] is not None:
        return nothing
    news_id = derived_id("news", minutes_id)
    item = news_item(news_facts(row, _draft_of(row), published_at=row["published_at"]))
    content = {
        "news_id": str(news_id),
        "title": item.title,
        "date": item.published_on,
        "paragraphs": list(item.paragraphs),
        "byline": item.byline,
    }
    stored = await _stored(dependencies, json.dumps(content, ensure_ascii=False, indent=2).encode(), media_type=JSON)
    command = PublishNews(actor=SERVICE, at=datetime.now(UTC), news_id=news_id, item=content, document=stored)

    async def answer(connection: Connection) -> None:
        await execute(connection, MINUTES, minutes_id, command)

    return answer


async def _approved(dependencies: Dependencies, minutes_id: UUID) -> ApprovedMinutes | None:
    async with dependencies.database.reading() as connection:
        row = await views.minutes(connection, minutes_id)
        if row["phase"] != Phase.APPROVED:
            return None
        return ApprovedMinutes(
            row=row,
            draft=_draft_of(row),
            opinions=await views.opinions(connection, minutes_id),
            decisions=await views.decisions(connection, minutes_id),
            actions=await views.actions(connection, minutes_id),
            address=f"{dependencies.public_url}/v1/minutes/{minutes_id}/document",
        )


def _draft_of(row: asyncpg.Record) -> Draft:
    return DRAFTS.validate_python(row["draft"])


async def _stored(dependencies: Dependencies, data: bytes, *, media_type: str) -> DocumentReference:
    kept = await dependencies.objects.put(data, media_type=media_type)
    return DocumentReference(sha256=kept.sha256, size=kept.size, media_type=kept.media_type)
