"""Files as answers to a form: sent by the person and by the organiser, required, bounded, read by nobody else."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from tests.registration.form.sending import (
    ABROAD,
    ASKED_ABROAD,
    PASSPORT,
    delete_file,
    file_of,
    put_file,
    read_file,
)
from tests.registration.form.test_answers_service import asking, errors_of, own, registered
from tests.registration.papers import PDF, XLSX, pdf, xlsx, zipped
from tests.registration.running_service import INVITED, RegistrationService, answer, code_of

FILE = pdf()
HASH = sha256(FILE).hexdigest()


async def test_a_required_file_follows_the_registration_and_is_missing_until_then(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await registered(service, path)
    assert await own(service, path, seat) == (None, {}, ["passport"])
    at, shown = file_of(path, seat), {"registration_code": seat["code"]}
    told = await put_file(service, at, FILE, **shown)
    assert (told.status_code, told.json()["answers"], told.json()["missing"]) == (201, {"passport": HASH}, [])
    assert (await put_file(service, at, FILE, **shown)).status_code == 200
    assert (await put_file(service, at, pdf(2), **shown)).status_code == 200
    assert await read_file(service, at, **shown) == (200, pdf(2))
    assert [await delete_file(service, at, **shown) for _ in range(2)] == [204, 204]
    assert await own(service, path, seat) == (1, {}, ["passport"])
    assert code_of(await service.http.get(at, headers={"Registration-Code": seat["code"]})) == (
        404,
        "NoFileGiven",
        None,
    )


async def test_a_file_is_sent_and_read_by_the_own_link_and_by_the_organiser(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await registered(service, path)
    link = (await service.own_tokens())[seat["registration_id"]]
    at = file_of(path, seat)
    assert (await put_file(service, at, FILE, registration_token=link)).status_code == 201
    assert await read_file(service, at, registration_token=link) == (200, FILE)
    assert (await put_file(service, at, pdf(3), by=service.organiser)).status_code == 200
    told = await service.http.get(at, headers=service.organiser.headers)
    assert (told.content, told.headers["etag"]) == (pdf(3), f'"{sha256(pdf(3)).hexdigest()}"')
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert f"passport-{seat['registration_id']}.pdf" in told.headers["content-disposition"]


async def test_nobody_else_learns_whether_there_is_a_file(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    mine, other = [await registered(service, path, number) for number in (1, 2)]
    links = await service.own_tokens()
    at = file_of(path, mine)
    assert (await put_file(service, at, FILE, registration_code=mine["code"])).status_code == 201
    nowhere = file_of(path, {"registration_id": "00000000-0000-7000-8000-000000000000"})
    for address in (at, file_of(path, other), nowhere):
        told = await service.http.get(address)
        assert code_of(told) == (401, "TokenMissing", None)
    wrong = links[other["registration_id"]]
    for address in (at, nowhere):
        told = await service.http.get(address, headers={"Registration-Token": wrong})
        assert code_of(told) == (404, "NotFound", None)
    told = await service.http.get(at, headers={"Registration-Code": other["code"]})
    assert code_of(told) == (403, "NotPermitted", "/code")
    for stranger in (service.as_("organiser", body=INVITED), service.as_("desk"), service.as_("focal-point")):
        assert code_of(await stranger.get(at))[:2] == (403, "NotPermitted")
        assert code_of(await put_file(service, at, FILE, by=stranger))[:2] == (403, "NotPermitted")


async def test_a_hash_that_is_sent_by_hand_is_no_file(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    first, second = [await registered(service, path, number) for number in (1, 2)]
    await put_file(service, file_of(path, first), FILE, registration_code=first["code"])
    by_hand = [("/answers/passport", "answer_is_file")]
    told = await service.anybody.post(f"{path}/registrations", answer(3) | {"answers": {"passport": HASH}})
    assert errors_of(told) == by_hand
    answers = f"{path}/registrations/{second['registration_id']}/answers"
    sent = {"answers": {"passport": HASH}}
    assert errors_of(await service.anybody.put(answers, sent | {"code": second["code"]})) == by_hand
    assert errors_of(await service.organiser.patch(answers, sent)) == by_hand
    assert await own(service, path, second) == (None, {}, ["passport"])


async def test_who_answers_anew_keeps_his_files_as_long_as_they_are_asked(service: RegistrationService) -> None:
    path = await asking(service, ABROAD, ASKED_ABROAD)
    seat = await registered(service, path, abroad=True)
    await put_file(service, file_of(path, seat), FILE, registration_code=seat["code"])
    answers = f"{path}/registrations/{seat['registration_id']}/answers"
    for again in ({"abroad": True}, {"abroad": True, "passport": HASH}, {"abroad": True, "passport": None}):
        told = await service.anybody.put(answers, {"code": seat["code"], "answers": again})
        assert told.json()["answers"] == {"abroad": True, "passport": HASH}
    told = await service.anybody.put(answers, {"code": seat["code"], "answers": {"abroad": False}})
    assert told.json()["answers"] == {"abroad": False}
    assert await service.value("SELECT count(*) FROM answer_file") == 0


async def test_a_file_that_is_not_asked_is_refused(service: RegistrationService) -> None:
    path = await asking(service, ABROAD, ASKED_ABROAD)
    seat = await registered(service, path, abroad=False)
    told = await put_file(service, file_of(path, seat), FILE, registration_code=seat["code"])
    assert errors_of(told) == [("/answers/passport", "answer_not_asked")]
    for other in ("abroad", "visa"):
        told = await put_file(service, file_of(path, seat, other), FILE, registration_code=seat["code"])
        assert code_of(told) == (404, "NoFileAsked", None)
    assert await service.value("SELECT count(*) FROM answer_file") == 0


@pytest.mark.parametrize(
    ("content", "media_type", "refused"),
    [
        (xlsx(), XLSX, (415, "UnsupportedFileType")),
        (zipped("a"), "application/zip", (415, "UnsupportedFileType")),
        (zipped("a"), PDF, (415, "FileTypeDiffers")),
        (b"", PDF, (422, "FileEmpty")),
        (pdf(40), PDF, (413, "FileTooLarge")),
    ],
    ids=["another type", "an archive", "an archive that is called PDF", "empty", "too large"],
)
async def test_a_file_of_another_type_or_size_leaves_nothing(
    shared_service: RegistrationService, content: bytes, media_type: str, refused: tuple[int, str]
) -> None:
    path = await asking(shared_service, PASSPORT | {"max_bytes": 1_000})
    seat = await registered(shared_service, path)
    before = await shared_service.value("SELECT count(*) FROM stored_file")
    told = await put_file(shared_service, file_of(path, seat), content, media_type, registration_code=seat["code"])
    assert code_of(told)[:2] == refused
    assert await own(shared_service, path, seat) == (None, {}, ["passport"])
    assert await shared_service.value("SELECT count(*) FROM stored_file") == before


async def test_a_file_of_unknown_length_is_cut_off_where_it_is_too_large(shared_service: RegistrationService) -> None:
    path = await asking(shared_service, PASSPORT | {"max_bytes": 1_000})
    seat = await registered(shared_service, path)

    async def pieces() -> Any:
        for _ in range(4):
            yield b"%PDF" * 500

    headers = {"content-type": PDF, "registration-code": seat["code"]}
    told = await shared_service.http.put(file_of(path, seat), content=pieces(), headers=headers)
    assert code_of(told)[:2] == (413, "FileTooLarge")


async def test_a_person_sends_files_until_the_meeting_begins_and_the_organiser_until_it_ends(
    service: RegistrationService,
) -> None:
    path = await asking(service, PASSPORT)
    seat = await registered(service, path)
    at, shown = file_of(path, seat), {"registration_code": seat["code"]}
    await put_file(service, at, FILE, **shown)
    await service.organiser.post(f"{path}/start", {"at": "2022-09-19T08:30:00+07:00"})
    assert code_of(await put_file(service, at, pdf(2), **shown))[:2] == (409, "WrongPhase")
    assert await delete_file(service, at, **shown) == 409
    assert (await put_file(service, at, pdf(2), by=service.organiser)).status_code == 200
    await service.organiser.post(f"{path}/end", {"at": "2022-09-19T12:00:00+07:00"})
    assert code_of(await put_file(service, at, FILE, by=service.organiser))[:2] == (409, "WrongPhase")
    assert await read_file(service, at, **shown) == (200, pdf(2))


async def test_who_has_withdrawn_sends_nothing(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await registered(service, path)
    await service.withdrawn(path, seat)
    told = await put_file(service, file_of(path, seat), FILE, registration_code=seat["code"])
    assert code_of(told) == (409, "NotSeated", None)


async def test_files_for_one_registration_have_a_limit(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await registered(service, path)
    limits = service.built.state["dependencies"].limits
    for _ in range(40):
        limits.answer_files.take(UUID(seat["registration_id"]))
    told = await put_file(service, file_of(path, seat), FILE, registration_code=seat["code"])
    assert code_of(told)[:2] == (429, "TooManyRequests")
    assert told.json()["details"]["limit"] == "files-of-answers"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"media_types": ["image/svg+xml"]}, (422, "FileTypeNotTaken", "/fields/0/media_types/0")),
        ({"media_types": []}, (422, "InvalidRequest", "/fields/0/media_types")),
        ({"max_bytes": 32 * 1024 * 1024 + 1}, (422, "InvalidRequest", "/fields/0/max_bytes")),
        ({"max_bytes": 0}, (422, "InvalidRequest", "/fields/0/max_bytes")),
        ({"printed_on": ["badges"]}, (422, "InvalidRequest", "/fields/0/printed_on")),
    ],
    ids=["a type that nobody takes", "no type", "larger than files are", "nothing fits", "printed"],
)
async def test_a_field_whose_files_could_not_be_taken_is_refused(
    shared_service: RegistrationService, changes: dict[str, Any], refused: tuple[int, str, str]
) -> None:
    path = await shared_service.opened()
    told = await shared_service.organiser.put(f"{path}/form", {"fields": [PASSPORT | changes]})
    assert code_of(told) == refused


async def test_a_form_has_a_few_fields_with_files_at_most(shared_service: RegistrationService) -> None:
    path = await shared_service.opened()
    fields = [PASSPORT | {"name": f"file{number}"} for number in range(6)]
    told = await shared_service.organiser.put(f"{path}/form", {"fields": fields})
    assert (code_of(told), told.json()["details"]) == ((422, "TooManyFiles", "/fields/5/kind"), {"most": 5})


async def test_the_published_schema_lets_a_registration_be_sent_without_the_file(
    shared_service: RegistrationService,
) -> None:
    path = await asking(shared_service, ABROAD | {"required": True}, ASKED_ABROAD)
    form = (await shared_service.anybody.get(f"{path}/form")).json()
    assert (
        form["fields"][1] | {"kind": "file", "required": True, "personal_data": True, "max_bytes": 10_485_760}
        == (form["fields"][1])
    )
    assert form["fields"][1]["media_types"] == ["application/pdf", "image/jpeg", "image/png"]
    schema = form["json_schema"]
    assert (schema["required"], schema["properties"]["passport"]["readOnly"]) == (["abroad"], True)
    assert schema["allOf"] == [
        {
            "if": {"properties": {"abroad": {"const": True}}, "required": ["abroad"]},
            "else": {"properties": {"passport": False}},
        }
    ]
