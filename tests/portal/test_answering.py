"""Whoever is invited answers on the pages of his link, without an account and without a script."""

import re

import pytest

from services.portal.web.rendering import HEADERS
from tests.portal.office import PERSON, Office, heading_of, hidden, lists_of, words_of
from tests.registration.papers import documented, pdf
from tests.registration.running_service import answer

UNKNOWN = "0123456789ABCDEF"
LATER = "2099-01-01T00:00:00Z"


async def test_an_invitation_says_what_when_where_who_invites_and_how_many_seats_are_left(
    shared_office: Office,
) -> None:
    agenda = [
        {"number": "1", "title": {"lo": "ເປີດກອງປະຊຸມ"}},
        {"number": "1.1", "title": {"lo": "ລາຍງານ"}, "minutes": 20},
    ]
    path = await shared_office.service.opened(agenda=agenda, purpose="ປຶກສາຫາລື")
    token = await shared_office.service.invited(path)
    await shared_office.service.registered(path, 1, link=token)
    page = await shared_office.browser.get(f"/a/{token}")
    assert (page.status_code, heading_of(page), lists_of(page)) == (
        200,
        "ກອງປະຊຸມປຶກສາຫາລື",
        {
            "ເວລາ": "19 ກັນຍາ 2022, 08:30 – 12:30 ໂມງ",
            "ສະຖານທີ່": "ຫ້ອງປະຊຸມໃຫຍ່",
            "ຜູ້ເຊີນ": "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ",
            "ອົງການທີ່ຖືກເຊີນ": "ກະຊວງການເງິນ",
            "ຈຸດປະສົງ": "ປຶກສາຫາລື",
            "ບ່ອນນັ່ງຂອງອົງການທ່ານ": "ຍັງເຫຼືອ 2 ໃນ 3 ບ່ອນ",
            "ກະລຸນາຕອບກ່ອນ": "1 ມັງກອນ 2099, 07:00 ໂມງ",
        },
    )
    assert "ວາລະກອງປະຊຸມ 1 ເປີດກອງປະຊຸມ 1.1 ລາຍງານ 20 ນາທີ" in words_of(page)


async def test_an_invitation_is_there_in_english_and_marks_what_is_lao_only(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    page = await shared_office.browser.get(f"/en/a/{token}")
    assert (heading_of(page), lists_of(page)["When"], lists_of(page)["Seats of your organisation"]) == (
        "Consultation meeting",
        "19 September 2022, 08:30 – 12:30",
        "3 of 3 are free",
    )
    assert re.findall(r'<dd[^>]*><span lang="lo">', page.text) == [
        '<dd class="govuk-summary-list__value"><span lang="lo">'
    ]


async def test_opening_a_link_or_its_forms_answers_nothing_and_chooses_nothing(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    for way in ("", "/register", "/representative", "/decline"):
        page = await shared_office.browser.get(f"/a/{token}{way}")
        assert (page.status_code, re.findall(r"\b(?:checked|selected)\b", page.text)) == (200, [])
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert (await shared_office.service.statistics(path))["confirmed"] == 0


@pytest.mark.parametrize("way", ["register", "representative"])
async def test_whoever_registers_sees_his_own_page(way: str, shared_office: Office) -> None:
    path = await shared_office.service.opened()
    own = await shared_office.answered(await shared_office.service.invited(path), way)
    page = await shared_office.browser.get(own)
    assert (heading_of(page), lists_of(page)["ຊື່ ແລະ ນາມສະກຸນ"]) == ("ທ່ານມີບ່ອນນັ່ງແລ້ວ", "ສີດາ ພົມມະຈັນ")
    assert re.fullmatch("/t/[0-9A-Z]{16}", own)


async def test_whoever_declines_gives_his_reason(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    page = await shared_office.browser.get(await shared_office.answered(token, "decline", reason="ຕິດວຽກດ່ວນ"))
    assert (heading_of(page), "ເຫດຜົນ: ຕິດວຽກດ່ວນ" in words_of(page)) == ("ທ່ານໄດ້ແຈ້ງວ່າ ບໍ່ສະດວກເຂົ້າຮ່ວມ", True)


async def test_an_english_answer_leads_to_the_english_page(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    sent = await shared_office.send(f"/en/a/{token}/register", **PERSON)
    assert (sent.status_code, sent.headers["location"][:6]) == (303, "/en/t/")
    assert heading_of(await shared_office.browser.get(sent.headers["location"])) == "You have a seat"


async def test_the_choice_of_an_e_mail_opens_its_form(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    led = {
        choice: (await shared_office.browser.get(f"/a/{token}", params={"answer": choice})).headers.get("location")
        for choice in ("confirm", "delegate", "decline", "else")
    }
    assert led == {
        "confirm": f"/a/{token}/register",
        "delegate": f"/a/{token}/representative",
        "decline": f"/a/{token}/decline",
        "else": None,
    }


async def test_what_is_wrong_is_said_beside_the_field_and_in_a_summary_and_all_values_stay(
    shared_office: Office,
) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    wrong = {**PERSON, "given_name": " ", "mobile": "12", "email": "x", "gender": "female", "position_title": "<b>"}
    page = await shared_office.send(f"/a/{token}/register", **wrong)
    assert (page.status_code, re.findall(r"<title>([^ ]+)", page.text)) == (422, ["ຂໍ້ຜິດພາດ:"])
    assert re.findall('<a href="#([a-z_]+)">', page.text) == ["given_name", "email"]
    assert re.findall('aria-describedby="(email-error)"', page.text) == ["email-error"]
    assert [f'value="{value}"' in page.text for value in ("12", "x", "&lt;b&gt;", "ພົມມະຈັນ")] == [True] * 4
    assert ['value="80" selected' in page.text, 'value="female" checked' in page.text] == [True, True]
    assert "ຊື່: ກະລຸນາໃສ່ຂໍ້ມູນນີ້" in words_of(page)


async def test_a_refusal_about_one_field_is_said_beside_it(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    page = await shared_office.send(f"/en/a/{token}/register", **{**PERSON, "mobile": "12"})
    assert (page.status_code, re.findall('<a href="#(mobile)">', page.text)) == (422, ["mobile"])
    assert "Mobile number: This is not a valid mobile number." in words_of(page)


async def test_a_refusal_of_the_whole_answer_is_said_in_the_summary(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path, seats=1)
    await shared_office.answered(token)
    page = await shared_office.send(f"/a/{token}/register", **{**PERSON, "mobile": "020 5555 9999"})
    assert (page.status_code, "ບ່ອນນັ່ງຂອງອົງການທ່ານ ຄົບຈຳນວນແລ້ວ" in words_of(page)) == (409, True)


async def test_the_same_form_sent_twice_registers_once(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    form = {**hidden(await shared_office.browser.get(f"/a/{token}/register")), **PERSON}
    sent = [await shared_office.browser.post(f"/a/{token}/register", data=form) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert (await shared_office.service.statistics(path))["confirmed"] == 1


async def test_an_invitation_that_was_taken_back_says_so_and_has_no_form(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    (invited,) = (await shared_office.service.organiser.get(f"{path}/invitations")).json()["items"]
    await shared_office.service.organiser.post(
        f"{path}/invitations/{invited['invitation_id']}/revoke", {"reason": "ເຊີນຜິດອົງການ"}
    )
    page, form = [await shared_office.browser.get(f"/a/{token}{way}") for way in ("", "/register")]
    assert ("ຄຳເຊີນນີ້ ຖືກຖອນໃນວັນທີ" in words_of(page), form.status_code, form.headers["location"]) == (
        True,
        303,
        f"/a/{token}",
    )
    refused = await shared_office.browser.post(f"/a/{token}/register", data=PERSON)
    assert (refused.status_code, "ຄຳເຊີນນີ້ ຖືກຖອນແລ້ວ" in words_of(refused)) == (403, True)


async def test_a_cancelled_meeting_says_so_and_has_no_form(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    await shared_office.service.organiser.post(f"{path}/cancel", {"reason": "ເລື່ອນ"})
    page = await shared_office.browser.get(f"/en/a/{token}")
    assert ("The meeting has been cancelled." in words_of(page), "/register" in page.text) == (True, False)


@pytest.mark.parametrize("token", [UNKNOWN, "x", "ກ", "%0a", "A" * 300, "%20"])
async def test_a_link_that_leads_nowhere_is_a_page_that_says_what_to_do(token: str, shared_office: Office) -> None:
    page = await shared_office.browser.get(f"/a/{token}")
    assert (page.status_code, heading_of(page)) == (404, "ບໍ່ພົບໜ້ານີ້")


async def test_an_unknown_way_to_answer_is_not_found(shared_office: Office) -> None:
    token = await shared_office.service.invited(await shared_office.service.opened())
    sent = [await shared_office.browser.get(f"/a/{token}/else"), await shared_office.browser.post(f"/a/{token}/else")]
    assert [page.status_code for page in sent] == [404, 404]


async def test_documents_are_those_that_this_person_may_read(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    content = pdf()
    for title, access in (("ຮ່າງຍຸດທະສາດ", "participants"), ("ສະເພາະພາຍໃນ", "staff")):
        await documented(shared_office.service, path, content, title={"lo": title}, access=access)
    page = await shared_office.browser.get(f"/a/{token}")
    assert ("ຮ່າງຍຸດທະສາດ PDF, 1 KB" in words_of(page), "ສະເພາະພາຍໃນ" in words_of(page)) == (True, False)
    (address,) = re.findall(r'href="([^"]+/documents/[^"]+)"', page.text)
    whole = await shared_office.browser.get(address)
    part = await shared_office.browser.get(address, headers={"range": "bytes=0-7"})
    known = await shared_office.browser.get(address, headers={"if-none-match": whole.headers["etag"]})
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "application/pdf")
    assert (part.status_code, part.content, known.status_code) == (206, content[:8], 304)
    assert (whole.headers["content-security-policy"], whole.headers["cache-control"]) == (
        "default-src 'none'; sandbox",
        "no-store",
    )


async def test_whoever_has_registered_already_is_told_so(shared_office: Office) -> None:
    path = await shared_office.service.opened()
    token = await shared_office.service.invited(path)
    registered = await shared_office.service.anybody.post(f"{path}/registrations", answer(7, link=token))
    assert registered.status_code == 201
    page = await shared_office.send(f"/a/{token}/register", **{**PERSON, "mobile": "020 5555 1007"})
    assert (page.status_code, "ທ່ານໄດ້ລົງທະບຽນແລ້ວ" in words_of(page)) == (409, True)
