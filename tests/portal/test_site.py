"""What all pages have in common: two languages, headers, pages for what cannot be done, static files."""

import re

import httpx
import pytest

from services.portal.web.rendering import HEADERS

each_page = pytest.mark.parametrize("path", ["/", "/accessibility"])


@each_page
async def test_a_page_is_lao_at_its_address_and_english_behind_en(path: str, browser: httpx.AsyncClient) -> None:
    lao, english = await browser.get(path), await browser.get(f"/en{path}")
    assert (lao.status_code, english.status_code) == (200, 200)
    assert re.findall('<html lang="(..)"', lao.text + english.text) == ["lo", "en"]
    assert [f'href="/en{path}" lang="en"' in lao.text, f'href="{path}" lang="lo"' in english.text] == [True, True]


@each_page
async def test_no_lao_letter_is_in_an_english_page_but_for_the_name_of_the_language(
    path: str, browser: httpx.AsyncClient
) -> None:
    english = (await browser.get(f"/en{path}")).text
    contact = ["ລາວ"]
    assert re.findall("[\u0e80-\u0eff]+", english) == contact


@each_page
async def test_a_page_runs_no_script_loads_nothing_from_elsewhere_and_is_not_kept(
    path: str, browser: httpx.AsyncClient
) -> None:
    answer = await browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert re.findall(r"<script|style=|(?:src|href)=\"(?![/#])", answer.text) == []
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "heading"), [("/nothing", "ບໍ່ພົບໜ້ານີ້"), ("/en/nothing", "Page not found"), ("/assets/x", "ບໍ່ພົບໜ້ານີ້")]
)
async def test_an_unknown_address_is_a_page_in_the_language_of_the_address(
    path: str, heading: str, browser: httpx.AsyncClient
) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert re.findall(r"<h1[^>]*>(.*)</h1>", answer.text) == [heading]


async def test_a_form_where_none_is_expected_names_what_is_allowed(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/privacy")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_an_address_that_cannot_be_read_is_answered_with_a_page(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/privacy?%ff")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


async def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    sheet = await browser.get(style)
    fonts = re.findall(r"url\(\"?([^)\"]+\.woff2)\"?\)", sheet.text)
    found = [sheet, *[await browser.get(f"/assets/{font}") for font in fonts]]
    assert [one.status_code for one in found] == [200, 200, 200]
    assert {one.headers["cache-control"] for one in found} == {"public, max-age=31536000, immutable"}


async def test_no_language_breaks_a_word_of_the_lexicon(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert '<wbr><span class="w">ກອງປະຊຸມ</span><wbr>' in page


async def test_pages_and_static_files_travel_compressed_to_whoever_takes_it(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    plainly = {"accept-encoding": "identity"}
    for address in ("/", style):
        small, large = await browser.get(address), await browser.get(address, headers=plainly)
        assert (small.text, small.headers["vary"], large.headers["vary"]) == (
            large.text,
            "Accept-Encoding",
            "Accept-Encoding",
        )
        assert (small.headers["content-encoding"], large.headers.get("content-encoding")) == ("gzip", None)
        assert int(small.headers["content-length"]) < int(large.headers["content-length"])
