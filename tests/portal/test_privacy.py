"""What people are told of their data before they answer, and that it is kept with them which notice they were shown."""

import re

import httpx

from tests.portal.office import PERSON, Office, heading_of, hidden, lists_of, words_of


async def test_the_page_of_personal_data_is_the_notice_of_registration(shared_office: Office) -> None:
    notice = (await shared_office.service.anybody.get("/v1/privacy-notice")).json()
    for address, language in (("/privacy", "lo"), ("/en/privacy", "en")):
        page = await shared_office.browser.get(address)
        assert page.status_code == 200
        assert " ".join(notice["text"][language].split()) in words_of(page)
        assert [each[language] in words_of(page) for each in notice["purposes"]] == [True] * len(notice["purposes"])
        assert lists_of(page) == {each["what"][language]: each["until"][language] for each in notice["kept"]}


async def test_without_registration_the_notice_cannot_be_shown(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/en/privacy")
    assert (page.status_code, heading_of(page)) == (503, "The service is not available at the moment")


async def test_who_answers_is_recorded_with_the_notice_that_he_was_shown(shared_office: Office) -> None:
    notice = (await shared_office.service.anybody.get("/v1/privacy-notice")).json()
    own = await shared_office.answered(await shared_office.service.invited(await shared_office.service.opened()))
    told = await shared_office.service.http.get("/v1/registration", headers={"Registration-Token": own[3:]})
    assert told.json()["collected"] == {
        "purpose": "participation",
        "by": "person",
        "notice": notice["version"],
        "at": told.json()["collected"]["at"],
    }


async def test_a_notice_that_has_changed_meanwhile_is_shown_before_anything_is_recorded(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    form = hidden(await shared_office.browser.get(f"/a/{token}/register"))
    page = await shared_office.browser.post(f"/a/{token}/register", data={**form, **PERSON, "notice": "0" * 16})
    assert (page.status_code, re.findall('<a href="#(notice)">', page.text)) == (409, ["notice"])
    assert (hidden(page)["notice"], hidden(page)["idempotency_key"]) == (form["notice"], form["idempotency_key"])
    assert (await shared_office.service.statistics(path))["confirmed"] == 0
