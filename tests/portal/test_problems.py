"""Pages for what cannot be done: links that are over, too many attempts, defects, services that do not answer."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from shared.http.server import HttpServer
from tests.portal.conftest import NOBODY, portal_before
from tests.portal.office import heading_of, words_of

OWN = "/t/0123456789ABCDEF"


@asynccontextmanager
async def before(answer: Callable[[], Response]) -> AsyncIterator[httpx.AsyncClient]:
    """A portal before a service that answers everything in the same way."""

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        await answer()(scope, receive, send)

    server = HttpServer(service, host="127.0.0.1", port=0)
    await server.start()
    try:
        async with portal_before(f"http://127.0.0.1:{server.port}") as browser:
            yield browser
    finally:
        await server.stop()


def problem(status: int, **members: str) -> Callable[[], Response]:
    """A problem as services answer it."""
    told = {"code": "Some", "status": status, "title": "ບໍ່ໄດ້", "title_en": "No.", **members}
    headers = {"retry-after": "7"} if status == 429 else {}
    return lambda: JSONResponse(told, status_code=status, headers=headers)


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (problem(410), 410, "This link is no longer valid"),
        (problem(429), 429, "Too many attempts"),
        (problem(403), 403, "This cannot be done"),
        (problem(500), 503, "The service is not available at the moment"),
        (problem(503), 503, "The service is not available at the moment"),
        (lambda: Response("<html>", 403), 403, "This cannot be done"),
        (lambda: JSONResponse(["x"], 403), 403, "This cannot be done"),
        (lambda: Response("bad gateway", 502), 503, "The service is not available at the moment"),
        (lambda: Response("<html>", 200), 503, "The service is not available at the moment"),
    ],
    ids=["410", "429", "403", "500", "503", "403 of a proxy", "403 in another form", "502", "200 without JSON"],
)
async def test_what_a_service_answers_is_a_page(answer: Callable[[], Response], status: int, heading: str) -> None:
    async with before(answer) as browser:
        page = await browser.get(f"/en{OWN}")
    assert (page.status_code, heading_of(page)) == (status, heading)


async def test_a_page_says_when_to_try_again() -> None:
    async with before(problem(429)) as browser:
        assert (await browser.get(OWN)).headers["retry-after"] == "7"


async def test_a_refusal_is_said_in_the_words_of_the_service_in_the_language_of_the_page() -> None:
    async with before(problem(403)) as browser:
        lao, english = await browser.get(OWN), await browser.get(f"/en{OWN}")
    assert ["ບໍ່ໄດ້" in words_of(lao), "No." in words_of(english)] == [True, True]


async def test_a_service_that_does_not_answer_leaves_a_page_that_says_so(browser: httpx.AsyncClient) -> None:
    page = await browser.get(OWN)
    assert (page.status_code, heading_of(page)) == (503, "ລະບົບບໍ່ສາມາດໃຫ້ບໍລິການໄດ້ຊົ່ວຄາວ")


async def test_a_defect_shows_a_number_to_tell_and_nothing_of_itself() -> None:
    async with before(lambda: JSONResponse({"meeting": {}})) as browser:
        page = await browser.get(f"/en{OWN}")
    assert (page.status_code, heading_of(page), "KeyError" in page.text) == (500, "Something went wrong", False)
    assert "Tell this number:" in words_of(page)


async def test_who_asks_too_often_has_to_wait() -> None:
    async with portal_before(NOBODY, reads=2) as browser:
        pages = [await browser.get("/accessibility") for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 429]
    assert (heading_of(pages[2]), int(pages[2].headers["retry-after"]) >= 1) == ("ພະຍາຍາມຫຼາຍຄັ້ງເກີນໄປ", True)


async def test_the_portal_has_no_document_of_its_routes(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/openapi.json")).status_code == 404
