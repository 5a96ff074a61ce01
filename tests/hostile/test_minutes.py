"""Minutes are asked with every hostile text in every text member, and what they print and publish is read again."""

import io
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import httpx
import pypdf

from services.minutes.policy import PUBLISH_NEWS, SIGN_MINUTES
from tests.hostile.fields import Document
from tests.hostile.probing import JSON, OPERATING, ask_everything, harm_in_events, harm_in_log, strings
from tests.hostile.texts import LINES, TAKEN, harm
from tests.minutes.conftest import minutes_service, minutes_settings, renderer, signing_pki
from tests.minutes.running_service import MinutesService
from tests.shared.conftest import lines
from tests.shared.lines import Lines

__all__ = ["lines", "minutes_service", "minutes_settings", "renderer", "signing_pki"]  # fixtures are looked up here
FEWEST = 300
OTHER_SCRIPTS = {"many scripts", "emoji"}  # no font of ours draws them: not printed, so not approved
ATOM = {"feed", "id", "title", "updated", "link", "entry", "author", "name", "content"}
ROLES = ("secretary", "chair")


class Caller:
    """Sends a request to minutes that can take it; new ones as soon as these cannot."""

    def __init__(self, minutes_service: MinutesService, minutes: UUID) -> None:
        self.minutes_service, self.minutes = minutes_service, minutes

    async def send(self, route: str, query: Mapping[str, Any], body: bytes | None) -> httpx.Response:
        method, _, path = route.partition(" ")
        if path.endswith("/return"):
            await self.minutes_service.step(self.minutes, "submit", "secretary")
        headers = dict(JSON)
        if method == "PUT":
            headers["if-match"] = f'"{(await self.minutes_service.view(self.minutes))["revision"]}"'
        path = path.replace("{minutes_id}", str(self.minutes))
        answer = await self.minutes_service.call(method, path, *ROLES, params=query, content=body, headers=headers)
        if answer.status_code in {httpx.codes.CONFLICT, httpx.codes.TOO_MANY_REQUESTS}:
            self.minutes = await self.minutes_service.drafted()
        return answer


async def test_no_text_breaks_minutes_or_gets_through_them(
    minutes_service: MinutesService, lines: Lines, record_property: Callable[[str, object], None]
) -> None:
    caller = Caller(minutes_service, await minutes_service.drafted())
    document = Document(root=(await minutes_service.client.get("/openapi.json")).json(), known={"organisation": "MTC"})
    answers = await ask_everything(document, caller.send, leaving=OPERATING)
    record_property("hostile_inputs", answers.counts.total())
    assert answers.findings == []
    assert (await harm_in_events(minutes_service.database), harm_in_log(lines.getvalue())) == ([], [])
    assert answers.counts.total() >= FEWEST


SECTIONS = ("opening", "purpose", "summary", "closing", "quote", "background", "outcome")
PRINTED = {name: text for name, text in {**TAKEN, **LINES}.items() if name not in OTHER_SCRIPTS}


async def test_what_is_printed_and_published_are_words_and_nothing_else(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.drafted()
    for text in PRINTED.values():
        sent: dict[str, Any] = {"organisation": "MTC", "position": "object", "text": text}
        assert (await minutes_service.step(minutes, "opinions", "secretary", json=sent)).status_code == 201
        assert (await minutes_service.step(minutes, "decisions", "secretary", json={"text": text})).status_code == 201
    edits = dict.fromkeys(SECTIONS, "\n".join(PRINTED.values()))
    headers = {"if-match": f'"{(await minutes_service.view(minutes))["revision"]}"'}
    written = await minutes_service.call("PUT", f"/v1/minutes/{minutes}/text", "secretary", json=edits, headers=headers)
    assert written.status_code == 200, written.text
    await published(minutes_service, minutes)
    feed = await minutes_service.call("GET", "/v1/news/feed.atom")
    assert {element.tag.partition("}")[2] for element in ET.fromstring(feed.content).iter()} <= ATOM  # noqa: S314 -- ours
    assert [harm(text) for text in strings((await minutes_service.call("GET", "/v1/news")).json()) if harm(text)] == []
    assert flaws_of_print((await minutes_service.call("GET", f"/v1/minutes/{minutes}/document")).content) == []


async def published(minutes_service: MinutesService, minutes: UUID) -> None:
    """Submitted, approved, signed, published, with a news item."""
    assert (await minutes_service.step(minutes, "submit", "secretary")).status_code == 200
    approved = await minutes_service.step(minutes, "approve", "chair")
    assert approved.status_code == 200, approved.text
    await minutes_service.attempt(SIGN_MINUTES, minutes)
    assert (await minutes_service.step(minutes, "publish", "secretary")).status_code == 200
    await minutes_service.attempt(PUBLISH_NEWS, minutes)


def flaws_of_print(pdf: bytes) -> list[str]:
    """Links and programs in a document that has none, and texts that it does not show."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    links = [
        str(note.get_object()["/A"])
        for page in reader.pages
        for note in page.get("/Annots", ())
        if note.get_object().get("/Subtype") == "/Link"
    ]
    shown = "".join("".join(page.extract_text().split()) for page in reader.pages)
    words = ["#panic()", "\\input{/etc/passwd}", "</script>", "=?utf-8?q?=0D=0A", "{%raw%}"]
    allowed = [link for link in links if "https://minutes.example/" not in link]
    return allowed + [word for word in words if word not in shown]
