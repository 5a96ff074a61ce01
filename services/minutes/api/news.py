"""News items at their permanent addresses, and the feed (Atom, RFC 4287); public.

The feed is written with the standard library: it is one element with five children an item, and the libraries for it
bring an XML parser written in C along.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID
from xml.etree import ElementTree as ET

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.minutes import views
from services.minutes.api.models import InjectedDependencies
from shared.contracts.base import Instant
from shared.http import Limit, Page, refusals
from shared.kernel import NotFound
from shared.text import printable

router = APIRouter(prefix="/v1", tags=["news"])
ATOM: Final = "application/atom+xml"
NAMESPACE: Final = "http://www.w3.org/2005/Atom"
TITLE: Final = "ຂ່າວກອງປະຊຸມ · Meeting news"
_EXAMPLE: Final = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="lo"><title>ຂ່າວກອງປະຊຸມ · Meeting news</title>'
    "<updated>2022-09-22T03:00:00+00:00</updated><entry><title>ກອງປະຊຸມປຶກສາຫາລື</title></entry></feed>"
)
FEED_LENGTH: Final = 50


class NewsView(BaseModel):
    """A news item in the shape that government sites use."""

    news_id: UUID
    minutes_id: UUID
    title: str
    date: str = Field(description="dd/mm/yyyy")
    paragraphs: list[str]
    byline: str
    published_at: Instant
    address: str = Field(description="permanent")


@router.get("/news")
async def list_news(dependencies: InjectedDependencies, limit: Limit = 50) -> Page[NewsView]:
    """The newest items; public."""
    async with dependencies.database.reading() as connection:
        rows = await views.news(connection, limit=limit)
    return Page(items=[_view(row, dependencies.public_url) for row in rows])


@router.get(
    "/news/feed.atom",
    response_class=Response,
    responses={
        200: {"description": "an Atom feed", "content": {ATOM: {"schema": {"type": "string"}, "example": _EXAMPLE}}}
    },
)
async def read_feed(dependencies: InjectedDependencies) -> Response:
    """The newest items as an Atom feed; public."""
    async with dependencies.database.reading() as connection:
        rows = await views.news(connection, limit=FEED_LENGTH)
    feed = _feed([_view(row, dependencies.public_url) for row in rows], dependencies.public_url)
    return Response(feed, media_type=ATOM, headers={"Cache-Control": "public, max-age=60"})


@router.get("/news/{news_id}", responses=refusals(NotFound))
async def read_news(news_id: UUID, dependencies: InjectedDependencies) -> NewsView:
    """A news item at its permanent address; public."""
    async with dependencies.database.reading() as connection:
        return _view(await views.news_item(connection, news_id), dependencies.public_url)


@router.get("/minutes/{minutes_id}/news", responses=refusals(NotFound))
async def read_news_of_minutes(minutes_id: UUID, dependencies: InjectedDependencies) -> NewsView:
    """The news item about the meeting of these minutes; public."""
    async with dependencies.database.reading() as connection:
        return _view(await views.news_of(connection, minutes_id), dependencies.public_url)


def _view(row: asyncpg.Record, public_url: str) -> NewsView:
    names = ("news_id", "minutes_id", "published_at")
    item: dict[str, Any] = {name: row["item"][name] for name in ("title", "date", "paragraphs", "byline")}
    return NewsView(**item, **{name: row[name] for name in names}, address=f"{public_url}/v1/news/{row['news_id']}")


def _feed(items: Iterable[NewsView], public_url: str) -> bytes:
    address = f"{public_url}/v1/news/feed.atom"
    listed = list(items)
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "lo"})
    updated = max((item.published_at.isoformat() for item in listed), default="1970-01-01T00:00:00+00:00")
    _add(feed, id=address, title=TITLE, updated=updated)
    ET.SubElement(feed, "link", {"rel": "self", "type": ATOM, "href": address})
    for item in listed:
        entry = ET.SubElement(feed, "entry")
        _add(entry, id=item.news_id.urn, title=item.title, updated=item.published_at.isoformat())
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "application/json", "href": item.address})
        _add(ET.SubElement(entry, "author"), name=item.byline)
        _add(entry, content="\n\n".join(item.paragraphs))
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _add(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = printable(text, lines=name == "content")  # XML cannot escape controls
