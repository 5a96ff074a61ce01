"""Links of messages that were sent by earlier releases: their token stands behind `#`, which no server is sent."""

import httpx
import pytest

from services.portal.web.rendering import HEADERS, HEADERS_WITH_SCRIPT
from tests.portal.office import hidden, words_of

END = "7F3KMPQR2VWX4ABC"
MEETING = "01900000-0000-7000-8000-000000000000"
JWS = f"{'A' * 40}.{'b' * 180}.{'-_' * 43}"


@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("/i/01J0000000E008000000000000", "/a"),
        (f"/answer/{MEETING}", "/a"),
        ("/r", "/t"),
        (f"/tickets/{MEETING}", "/tickets"),
        ("/tickets", "/tickets"),
        (f"/en/answer/{MEETING}", "/en/a"),
    ],
)
async def test_a_former_link_opens_a_page_that_asks_for_its_end_with_the_only_script_there_is(
    address: str, action: str, browser: httpx.AsyncClient
) -> None:
    page = await browser.get(address)
    assert {name: page.headers[name] for name in HEADERS} == HEADERS_WITH_SCRIPT
    assert (page.text.count("<script"), f'<form method="post" action="{action}"' in page.text) == (1, True)


@pytest.mark.parametrize("pasted", [END, f"https://e.la/i/01J0#{END}", f" https://e.la/a/{END} ", f"{END}?x"])
async def test_the_end_of_a_link_leads_to_its_page_also_where_the_whole_link_was_pasted(
    pasted: str, browser: httpx.AsyncClient
) -> None:
    led = [await browser.post(to, data={"link": pasted}) for to in ("/a", "/t", "/en/a")]
    assert [(one.status_code, one.headers["location"]) for one in led] == [
        (303, f"/a/{END}"),
        (303, f"/t/{END}"),
        (303, f"/en/a/{END}"),
    ]


async def test_the_choice_of_an_e_mail_is_kept(browser: httpx.AsyncClient) -> None:
    page = await browser.get(f"/answer/{MEETING}", params={"answer": "decline"})
    led = await browser.post("/a", data={**hidden(page), "link": END})
    assert (hidden(page), led.headers["location"]) == ({"answer": "decline"}, f"/a/{END}?answer=decline")


@pytest.mark.parametrize("to", ["/a", "/t", "/tickets"])
@pytest.mark.parametrize("pasted", ["", "ລິ້ງ", "https://e.la/", "a b"])
async def test_what_is_no_link_is_said_beside_the_field(to: str, pasted: str, browser: httpx.AsyncClient) -> None:
    page = await browser.post(to, data={"link": pasted})
    assert (page.status_code, "ລິ້ງນີ້ບໍ່ຄົບຖ້ວນ." in words_of(page)) == (422, True)


async def test_a_ticket_is_shown_as_a_picture(browser: httpx.AsyncClient) -> None:
    page = await browser.post("/tickets", data={"link": f"https://e.la/tickets/{MEETING}#{JWS}"})
    assert (page.status_code, page.text.count('src="data:image/svg+xml')) == (200, 1)
