"""Telephone numbers: one number however it is written, none that is somebody else's, none where no SMS may go."""

import pytest

from tests.registration.running_service import RegistrationService, answer, code_of

SAME_NUMBER = (
    "020 5555 1234",
    "02055551234",
    "020-5555-1234",
    "(020) 5555.1234",
    "+856 20 5555 1234",
    "+85620 55551234",
    "00856 20 5555 1234",
    "8562055551234",
    "2055551234",
    "໐໒໐ ໕໕໕໕ ໑໒໓໔",
    "+໘໕໖ ໒໐ ໕໕໕໕ ໑໒໓໔",
    "020\u00a05555\u00a01234",
    "020\u200b55551234",
    "\u202a020 5555 1234\u202c",  # as copied from a list of contacts
    "020–5555–1234",
    "๐๒๐ ๕๕๕๕ ๑๒๓๔",
    "+856 (0)20 5555 1234",
    "０２０ ５５５５ １２３４",  # noqa: RUF001 -- digits of full width, as some telephones type them
)


async def test_a_number_is_the_same_however_it_is_written(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    await service.registered(path, mobile=SAME_NUMBER[0], link=link)
    bodies = [answer(mobile=form, link=link) for form in SAME_NUMBER]
    answers = [await service.anybody.post(f"{path}/registrations", body) for body in bodies]
    assert [code_of(told)[1] for told in answers] == ["AlreadyRegistered"] * len(SAME_NUMBER)
    assert await service.value("SELECT mobile FROM registration") == "+8562055551234"


@pytest.mark.parametrize(
    "number",
    [
        *("0205555CALL", "020 5555 1234 ext. 12", "020 5555 1234 x12", "tel 020 5555 1234", "020 5555 1234;ext=1"),
        *("020 5555 1234/5678", "020 5555 1234, 020 5555 1235", "020 5555 1234 ຫຼື 020 5555 1235", "020 5555 1234#1"),
        *("021 212 345", "12", "ສູນສອງສູນ", "020 4555 1234", "+1", "+999 20 5555 1234", "1195", "-", "020 5555 12345"),
    ],
)
async def test_a_number_that_takes_no_message_is_refused(number: str, shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    told = await shared_service.anybody.post(f"{path}/registrations", answer(mobile=number))
    assert code_of(told) == (422, "MobileInvalid", "/person/mobile")


@pytest.mark.parametrize(
    ("written", "kept"), [("+66 81 234 5678", "+66812345678"), ("+1 202 555 0143", "+12025550143")]
)
async def test_a_number_of_another_country_is_kept_beside_an_address(
    written: str, kept: str, service: RegistrationService
) -> None:
    path = await service.opened()
    await service.registered(path, mobile=written, email="expert@example.org")
    assert await service.value("SELECT mobile FROM registration") == kept


@pytest.mark.parametrize("number", ["+66 81 234 5678", "+1 202 555 0143", "+44 7400 123456"])
async def test_a_number_of_another_country_alone_is_refused_as_nobody_could_be_told(
    number: str, shared_service: RegistrationService
) -> None:
    path = await shared_service.opened()
    told = await shared_service.anybody.post(f"{path}/registrations", answer(mobile=number))
    assert code_of(told) == (422, "DestinationRefused", "/person/mobile")
    assert told.json()["details"] == {"allowed": ["856"]}


@pytest.mark.parametrize("number", ["+870 776 123 456", "+8816 3141 2345", "+882 16 12345678", "+979 1 2345 6789"])
async def test_satellites_and_premium_numbers_are_refused_whatever_else_is_given(
    number: str, shared_service: RegistrationService
) -> None:
    path = await shared_service.opened()
    told = await shared_service.anybody.post(f"{path}/registrations", answer(mobile=number, email="expert@example.org"))
    assert (told.status_code, told.json()["field"]) == (422, "/person/mobile")
    assert told.json()["code"] in {"DestinationRefused", "MobileInvalid"}
