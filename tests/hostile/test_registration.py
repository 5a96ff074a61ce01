"""Registration is asked with every hostile text in every text member."""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import httpx
import pytest

from tests.hostile.fields import Document
from tests.hostile.probing import JSON, ask_everything, harm_in_events, harm_in_log
from tests.hostile.test_messages import Elements
from tests.hostile.texts import TAKEN, mixtures
from tests.registration.conftest import provider, service, settings, settings_with_database, street, template
from tests.registration.routes import PreparedMeeting, prepared_meeting
from tests.registration.running_service import INVITED, ORGANISER, START, RegistrationService
from tests.shared.conftest import lines
from tests.shared.lines import Lines

__all__ = [
    "lines",
    "provider",
    "service",
    "settings",
    "settings_with_database",
    "street",
    "template",
]  # fixtures are looked up here
STAFF = ("organiser", "desk", "operator")
FEWEST = 1_500


class Caller:
    """Sends a request to a meeting that can take it; a new one as soon as the old one is used up."""

    def __init__(self, service: RegistrationService, setting: PreparedMeeting) -> None:
        self.service, self.setting, self.serial = service, setting, count(1)

    def document(self, root: Mapping[str, Any]) -> Document:
        known = {
            "organiser": ORGANISER,
            "organisation": INVITED,
            "starts_at": START.isoformat(),
            "mobile": lambda: f"020 5{next(self.serial):07}",
            "invitation": lambda: self.setting.link,
            "code": lambda: self.setting.seat["code"],
            "nonce": lambda: f"n{next(self.serial)}",
            "device": "desk-1",
            "number": "1",
        }
        later = {"ends_at": START.replace(hour=12).isoformat()}
        return Document(
            root=root, known={**known, **later}, always=frozenset({"mobile", "code"}), instead={"walk_in": "code"}
        )

    async def send(self, route: str, query: Mapping[str, Any], body: bytes | None) -> httpx.Response:
        method, _, path = route.replace("{letter}", "1").replace("{job}", "1").partition(" ")
        headers = {**self.service.as_(*STAFF).headers, **(JSON if body else {})}
        answer = await self.service.http.request(
            method, self.setting.at(path), params=query, content=body, headers=headers, timeout=60
        )
        if answer.status_code in {httpx.codes.CONFLICT, httpx.codes.TOO_MANY_REQUESTS}:
            self.setting = await prepared_meeting(self.service)
        return answer


@pytest.mark.timeout(600)  # thousands of requests, and all facts that follow from them
async def test_no_text_breaks_registration_or_gets_through_it(
    service: RegistrationService, lines: Lines, record_property: Callable[[str, object], None]
) -> None:
    caller = Caller(service, await prepared_meeting(service))
    answers = await ask_everything(caller.document((await service.http.get("/openapi.json")).json()), caller.send)
    record_property("hostile_inputs", answers.counts.total())
    record_property("answers", dict(answers.counts))
    assert answers.findings == []
    assert (await harm_in_events(service.database), harm_in_log(lines.getvalue())) == ([], [])
    assert answers.counts.total() >= FEWEST
    assert Counter(status // 100 for status in answers.counts.elements())[2] > answers.counts.total() // 6


async def test_a_page_shows_words_and_nothing_else(service: RegistrationService) -> None:
    plain = await elements_of_page(service, "ກອງປະຊຸມ")
    for name, text in {**TAKEN, **mixtures(10, seed=3)}.items():
        assert (name, await elements_of_page(service, text)) == (name, plain)


async def elements_of_page(service: RegistrationService, text: str) -> set[tuple[str, tuple[str, ...]]]:
    """The elements and attributes of the page that an invitation to such a meeting opens."""
    both = {"lo": text, "en": text}
    path = await service.opened(title=both, venue=both)
    opened = await service.anybody.get(f"/answer/{path.rpartition('/')[2]}")
    assert opened.status_code == 200
    page = Elements()
    page.feed(opened.text)
    assert page.addresses == set()
    return page.found
