"""The privacy notice of an installation: what ships, what it may say itself, and who must have read it."""

import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.registration.adapters.privacy_notice import SHIPPED, read_notice
from services.registration.domain.privacy.notice import NoticeText, PrivacyNotice
from services.registration.settings import RegistrationSettings
from tests.registration.conftest import opened_service
from tests.registration.running_service import RegistrationService, answer, code_of, person
from tests.shared.provider import Provider

OWN = """
[text]
lo = "ໜັງສືແຈ້ງ"
en = "Notice"
[[purposes]]
purpose = "hosting"
lo = "ຈັດ"
en = "hold"
[[purposes]]
purpose = "invitation"
lo = "ເຊີນ"
en = "invite"
[[purposes]]
purpose = "participation"
lo = "ເຂົ້າຮ່ວມ"
en = "take part"
[[kept]]
what = { lo = "ຊື່", en = "name" }
until = { lo = "ໜຶ່ງປີ", en = "one year" }
"""


@pytest.fixture
async def asking(
    settings_with_database: RegistrationSettings, provider: Provider, tmp_path: Path
) -> AsyncIterator[RegistrationService]:
    """An installation with a notice of its own, which people without an account must have read."""
    file = tmp_path / "notice.toml"
    file.write_text(OWN, encoding="utf-8")
    own = {"privacy_notice_file": file, "privacy_notice_required": True}
    async with opened_service(settings_with_database.model_copy(update=own), provider) as opened:
        yield opened


async def test_anybody_reads_the_notice_in_lao_and_english(shared_service: RegistrationService) -> None:
    told = await shared_service.anybody.get("/v1/privacy-notice")
    view, shipped = told.json(), tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    assert (told.status_code, view["required"], len(view["version"])) == (200, False, 16)
    assert view["text"] == {language: text.strip() for language, text in shipped["text"].items()}
    assert [one["purpose"] for one in view["purposes"]] == ["participation", "invitation", "hosting"]
    assert view["kept"] == shipped["kept"]
    again = await shared_service.http.get("/v1/privacy-notice", headers={"if-none-match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_an_installation_may_have_a_notice_that_people_without_an_account_must_have_read(
    asking: RegistrationService,
) -> None:
    path = await asking.opened()
    link = await asking.invited(path)
    view = (await asking.anybody.get("/v1/privacy-notice")).json()
    assert (view["text"], view["required"]) == ({"lo": "ໜັງສືແຈ້ງ", "en": "Notice"}, True)
    missing = await asking.anybody.post(f"{path}/registrations", answer(1))
    assert code_of(missing) == (422, "NoticeMissing", "/person/notice")
    assert missing.json()["details"] == {"current": view["version"]}
    declined = {**answer(1, link=link), "reason": "ລາພັກ"}
    assert code_of(await asking.anybody.post(f"{path}/declines", declined))[1] == "NoticeMissing"
    group = {"organisation": "MOF", "people": [person(1, notice=view["version"]), person(2)]}
    assert code_of(await asking.anybody.post(f"{path}/groups", group))[1:] == ("NoticeMissing", "/people/1/notice")
    seat = await asking.registered(path, 1, notice=view["version"])
    sent = {"code": seat["code"], "representative": person(2)}
    there = f"{path}/registrations/{seat['registration_id']}/representative"
    assert code_of(await asking.anybody.post(there, sent))[1:] == ("NoticeMissing", "/representative/notice")
    by_account = await asking.organiser.post(f"{path}/registrations/bulk", {"rows": [answer(3)]})
    assert by_account.status_code == 201


@pytest.mark.parametrize("wrong", ["x", "6F0C1BE2A4D35798", "", "0" * 17, 7])
async def test_what_is_no_version_is_refused_as_such(wrong: Any, shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    refused = await shared_service.anybody.post(f"{path}/registrations", answer(1, notice=wrong))
    assert code_of(refused)[:2] == (422, "InvalidRequest")


def changed(change: Callable[[PrivacyNotice], dict[str, Any]]) -> str:
    """The version of the notice with this change."""
    notice = read_notice(OWN.encode())
    return PrivacyNotice(**dict(notice) | change(notice)).version


def test_each_change_of_what_the_notice_says_changes_its_version() -> None:
    versions = {
        changed(lambda _: {}),
        changed(lambda _: {"text": NoticeText(lo="ໜັງສືແຈ້ງ", en="Notices")}),
        changed(lambda notice: {"purposes": notice.purposes[::-1]}),
        changed(lambda notice: {"kept": notice.kept * 2}),
    }
    assert len(versions) == 4
    assert read_notice(OWN.encode()).version == read_notice(("# read again\n" + OWN).encode()).version


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[text",
        OWN.replace('en = "Notice"', ""),
        OWN.replace('purpose = "hosting"', 'purpose = "invitation"'),
        OWN.replace('purpose = "hosting"', 'purpose = "sale"'),
        OWN.partition("[[kept]]")[0],
    ],
)
def test_a_file_that_says_less_is_refused_when_the_service_starts(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_notice(wrong.encode())
