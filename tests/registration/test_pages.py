"""The pages that links in messages open: Lao and English, read-only, no script, never somebody else's business."""

import base64
import re
from hashlib import sha256

import httpx
import pytest

from services.registration.api.registrations import page_texts
from shared.lao import normalise
from tests.registration.running_service import RegistrationService

UNKNOWN = "01900000-0000-7000-8000-000000000000"


async def page(service: RegistrationService, path: str, kind: str = "answer", **query: str) -> httpx.Response:
    """The page of a meeting, as its recipients open it: without a token."""
    return await service.anybody.get(f"/{kind}/{path.rpartition('/')[2]}", **query)


def texts(response: httpx.Response, language: str) -> str:
    """The part in one language, without its tags."""
    found = re.search(rf'<section lang="{language}">(.*?)</section>', response.text, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


async def test_an_invitation_opens_the_meeting_in_both_languages(service: RegistrationService) -> None:
    response = await page(service, await service.opened())
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert texts(response, "lo") == (
        "ກອງປະຊຸມປຶກສາຫາລື ກອງປະຊຸມຈະຈັດຂຶ້ນຕາມກຳນົດ. ວັນທີ 19 ກັນຍາ 2022 ເວລາ 08:30 – 12:30 ໂມງ"
        " ສະຖານທີ່ ຫ້ອງປະຊຸມໃຫຍ່ ຜູ້ຈັດ ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ ຍັງບໍ່ສາມາດຕອບຜ່ານໜ້ານີ້ໄດ້."
        " ເພື່ອຕອບໜັງສືເຊີນ, ກະລຸນາຕິດຕໍ່ ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ."
    )
    assert texts(response, "en").startswith(
        "Consultation meeting The meeting will take place as planned. Date 19 September 2022 Time 08:30 – 12:30"
    )
    assert response.text.index('lang="lo">\n<h1') < response.text.index('lang="en"')


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("confirm", "To confirm attendance, please contact the organiser"),
        ("delegate", "To send a representative, please contact the organiser"),
        ("decline", "If you are unable to attend, please contact the organiser"),
        ("<b>", "To answer the invitation, please contact the organiser"),
    ],
)
async def test_a_page_says_what_to_do_for_the_link_that_was_chosen(
    service: RegistrationService, answer: str, said: str
) -> None:
    response = await page(service, await service.opened(), answer=answer)
    assert (response.status_code, said in texts(response, "en")) == (200, True)


async def test_a_page_names_the_last_day_where_it_is_the_same_for_all(service: RegistrationService) -> None:
    path = await service.opened()
    await service.invited(path, until="2098-09-17T08:30:00+07:00")
    same = texts(await page(service, path), "en")
    await service.invited(path, body="MOH", until="2098-09-16T08:30:00+07:00")
    different = texts(await page(service, path), "en")
    assert (same.count("before 17 September 2098, 08:30"), different.count("before")) == (1, 0)


async def test_a_ticket_opens_what_to_bring(service: RegistrationService) -> None:
    path = await service.opened()
    responses = await page(service, path, "tickets"), await service.anybody.get("/tickets")
    told = [texts(response, "en").count("Please bring the code or the QR code") for response in responses]
    assert told == [1, 1]


async def test_a_meeting_that_was_called_off_asks_nothing(service: RegistrationService) -> None:
    path = await service.opened()
    await service.organiser.post(f"{path}/cancel", {"reason": "ມີເຫດຈຳເປັນ"})
    said = texts(await page(service, path), "en")
    assert ("The meeting has been cancelled." in said, said.endswith("There is nothing for you to do.")) == (True, True)


@pytest.mark.parametrize("kind", ["answer", "tickets"])
async def test_a_draft_and_what_is_not_there_are_not_found(service: RegistrationService, kind: str) -> None:
    draft = await service.drafted()
    for path in (draft, UNKNOWN, "no-identifier"):
        response = await page(service, path, kind)
        assert (response.status_code, texts(response, "en").count("There is no such meeting.")) == (404, 1)


async def test_a_title_is_text_and_nothing_else(service: RegistrationService) -> None:
    title = {"lo": '<script>alert("ກ")</script>&amp;', "en": "</title><img src=x>"}
    response = await page(service, await service.opened(title=title))
    assert "&lt;script&gt;alert(&#34;ກ&#34;)&lt;/script&gt;&amp;amp;" in response.text
    assert re.findall(r"<(script|img)", response.text) == []


async def test_a_page_loads_runs_and_tells_nothing(service: RegistrationService) -> None:
    response = await page(service, await service.opened())
    [style] = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    names = ("cache-control", "referrer-policy", "x-content-type-options", "x-robots-tag")
    assert [response.headers[name] for name in names] == ["no-store", "no-referrer", "nosniff", "noindex"]
    assert re.findall(r" (?:src|href|action|on\w+)=", response.text) == []


def test_the_pages_are_in_the_stored_spelling() -> None:
    said = [value for value in vars(page_texts).values() if isinstance(value, tuple)]
    said += [pair for table in (page_texts.STATES, page_texts.ANSWERS) for pair in table.values()]
    assert [text for pair in said for text in pair if isinstance(text, str) and normalise(text) != text] == []
