"""Forms: sent by our own pages alone, in one format, of a limited size."""

import httpx
import pytest

from tests.portal.office import heading_of, words_of

FORM = {"link": "7F3KMPQR2VWX4ABC"}


async def sent(browser: httpx.AsyncClient, **headers: str) -> int:
    """The status of the answer to a form with these headers, as another browser sends them."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(base_url=browser.base_url, trust_env=False) as another:
        return (await another.post("/a", data=FORM, headers=named)).status_code


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_a_form_from_elsewhere_is_refused(site: str, browser: httpx.AsyncClient) -> None:
    assert await sent(browser, sec_fetch_site=site) == 403


async def test_an_old_browser_names_where_a_form_comes_from(browser: httpx.AsyncClient) -> None:
    own = str(browser.base_url).rstrip("/")
    origins = {own: 303, "https://evil.example": 403, "null": 403, f"{own}.evil.example": 403}
    assert {origin: await sent(browser, origin=origin) for origin in origins} == origins
    assert await sent(browser) == 403


async def test_the_name_of_a_site_does_not_help_where_the_browser_says_that_it_is_another(
    browser: httpx.AsyncClient,
) -> None:
    assert await sent(browser, sec_fetch_site="cross-site", origin=str(browser.base_url).rstrip("/")) == 403


async def test_a_refused_form_is_a_page_that_says_what_to_do(browser: httpx.AsyncClient) -> None:
    page = await browser.post("/en/a", data=FORM, headers={"sec-fetch-site": "cross-site"})
    assert (heading_of(page), "open your link and try again" in words_of(page)) == ("This cannot be done", True)


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"link": "x"}', "application/json", 415),
        (b"link=x", "", 415),
        (b"link=%ff", "application/x-www-form-urlencoded", 400),
        ("link=ກ".encode(), "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 501, "application/x-www-form-urlencoded", 400),
        (b"link=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
    ids=["JSON", "no type", "not UTF-8", "not encoded", "too many fields", "too large"],
)
async def test_what_is_no_form_is_refused_with_a_page(
    content: bytes, media_type: str, status: int, browser: httpx.AsyncClient
) -> None:
    page = await browser.post("/a", content=content, headers={"content-type": media_type})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
