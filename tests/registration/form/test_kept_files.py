"""Files of answers in the store: removed with the answer, kept while anything else has them, named in lists."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from services.registration.effects.retention import erase_expired
from tests.registration.form.sending import ABROAD, PASSPORT, delete_file, file_of, put_file, read_file
from tests.registration.form.test_answers_service import asking, moved, registered
from tests.registration.form.test_lists import as_csv, exported, verdicts
from tests.registration.papers import documented, pdf
from tests.registration.running_service import RegistrationService, code_of
from tests.registration.test_document_files import kept, swept, without_store

__all__ = ["without_store"]  # the fixture is looked up here

FILE = pdf()
HASH = sha256(FILE).hexdigest()


async def answered(
    service: RegistrationService, path: str, number: int = 0, content: bytes = FILE, **answers: Any
) -> dict[str, Any]:
    """Somebody who has registered and sent his file."""
    seat = await registered(service, path, number, **answers)
    told = await put_file(service, file_of(path, seat), content, registration_code=seat["code"])
    assert told.status_code == 201, told.text
    return seat


def names_of(*contents: bytes) -> Sequence[str]:
    return [sha256(content).hexdigest() for content in contents]


async def test_a_file_that_was_replaced_or_taken_back_is_removed(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await answered(service, path, content=pdf(1))
    at, shown = file_of(path, seat), {"registration_code": seat["code"]}
    await put_file(service, at, pdf(2), **shown)
    await swept(service)
    assert await kept(service, names_of(pdf(1), pdf(2))) == [False, True]
    assert await delete_file(service, at, **shown) == 204
    await swept(service)
    assert await kept(service, names_of(pdf(1), pdf(2))) == [False, False]
    assert (await put_file(service, at, pdf(2), **shown)).status_code == 201
    await swept(service)
    assert await read_file(service, at, **shown) == (200, pdf(2))


async def test_a_file_that_somebody_else_or_a_document_has_stays(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    first, second = [await answered(service, path, number) for number in (1, 2)]
    await answered(service, path, 3, pdf(3))
    await documented(service, path, pdf(3))
    (third,) = await service.rows("SELECT registration_id FROM answer_file WHERE sha256 <> $1", HASH)
    for seat in (first, {"registration_id": str(third["registration_id"])}):
        assert await delete_file(service, file_of(path, seat), by=service.organiser) == 204
    await swept(service)
    assert await kept(service, names_of(FILE, pdf(3))) == [True, True]
    assert await read_file(service, file_of(path, second), registration_code=second["code"]) == (200, FILE)


async def test_a_file_of_an_answer_is_no_document_of_the_meeting(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    await answered(service, path)
    body = {"sha256": HASH, "title": {"lo": "ເອກະສານ"}, "access": "public"}
    assert code_of(await service.organiser.post(f"{path}/documents", body)) == (422, "FileUnknown", "/sha256")


async def test_an_erasure_takes_the_file_along(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await answered(service, path)
    person_id = await service.value("SELECT person_id FROM registration WHERE code = $1", seat["code"])
    assert (await service.as_("operator").post(f"/v1/persons/{person_id}/erase")).status_code == 204
    await erase_expired(service.database)
    await service.worked()
    assert await kept(service, [HASH]) == [False]
    assert await service.value("SELECT count(*) FROM answer_file") == 0


async def test_a_file_is_erased_when_its_time_is_over_and_other_answers_stay(service: RegistrationService) -> None:
    path = await asking(service, ABROAD, PASSPORT | {"retention_days": 7})
    seat = await answered(service, path, abroad=True)
    await moved(service, "6 days")
    await swept(service)
    assert await kept(service, [HASH]) == [True]
    await moved(service, "8 days")
    await swept(service)
    await swept(service)
    assert await kept(service, [HASH]) == [False]
    answers = await service.organiser.get(f"{path}/registrations/{seat['registration_id']}/answers")
    assert answers.json()["answers"] == {"abroad": True}


async def test_a_field_with_files_is_removed_together_with_them_alone(service: RegistrationService) -> None:
    path = await asking(service, ABROAD, PASSPORT)
    await answered(service, path, abroad=True)
    told = await service.organiser.put(f"{path}/form", {"fields": [ABROAD]})
    assert code_of(told)[:2] == (409, "FieldAnswered")
    text = {"name": "passport", "kind": "text", "label": {"lo": "ເລກທີໜັງສືຜ່ານແດນ"}}
    told = await service.organiser.put(f"{path}/form", {"fields": [ABROAD, text], "erase_answers": ["passport"]})
    assert told.status_code == 200
    await swept(service)
    assert await kept(service, [HASH]) == [False]


async def test_the_organiser_empties_the_answer_and_the_file_goes(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await answered(service, path)
    at = f"{path}/registrations/{seat['registration_id']}/answers"
    assert (await service.organiser.patch(at, {"answers": {"passport": None}})).json()["missing"] == ["passport"]
    await swept(service)
    assert await kept(service, [HASH]) == [False]


async def test_who_sends_a_file_that_is_being_removed_is_asked_to_come_again(service: RegistrationService) -> None:
    path = await asking(service, PASSPORT)
    seat = await answered(service, path)
    at, shown = file_of(path, seat), {"registration_code": seat["code"]}
    await delete_file(service, at, **shown)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE stored_file SET discarded = true")
    told = await put_file(service, at, FILE, **shown)
    assert (code_of(told), told.headers["retry-after"]) == ((503, "Unavailable", None), "2")
    await swept(service)
    assert (await put_file(service, at, FILE, **shown)).status_code == 201


async def test_lists_name_the_file_and_its_hash_and_are_imported_as_the_same(service: RegistrationService) -> None:
    path = await asking(service, ABROAD, PASSPORT, co_hosts=["UNDP"])
    seat = await answered(service, path, 1, abroad=True)
    await registered(service, path, 2)
    titles, first, second = await exported(service, path)
    name = f"passport-{seat['registration_id']}.pdf"
    assert (titles[-1], first[-1], second[-1]) == ("ສຳເນົາໜັງສືຜ່ານແດນ", f"{name} {HASH}", "")
    assert verdicts(await service.imported(path, as_csv([titles, first, second]))) == (0, 2, 0, 0)
    objects = (await service.organiser.get(f"{path}/registrations.json")).json()
    file = {"name": name, "sha256": HASH, "size": len(FILE), "media_type": "application/pdf"}
    assert [(one["answers"], one["files"]) for one in objects] == [
        ({"abroad": True, "passport": HASH}, {"passport": file}),
        ({}, {}),
    ]
    objects = (await service.as_("organiser", body="UNDP").get(f"{path}/registrations.json")).json()
    assert [(one["answers"], one["files"]) for one in objects] == [({"abroad": True}, {}), ({}, {})]
    assert [row[-1] for row in (await exported(service, path, "UNDP"))[1:]] == ["", ""]


async def test_a_file_is_in_no_fact_and_in_no_log(service: RegistrationService, capsys: Any) -> None:
    path = await asking(service, PASSPORT)
    await answered(service, path)
    told = "SELECT count(*) FROM outbox WHERE position(convert_to($1, 'UTF8') IN payload) > 0"
    assert await service.value(told, HASH) == 0
    written = capsys.readouterr()
    assert HASH not in written.out + written.err


async def test_without_a_store_no_field_takes_files(without_store: RegistrationService) -> None:
    path = await without_store.opened()
    told = await without_store.organiser.put(f"{path}/form", {"fields": [PASSPORT]})
    assert code_of(told) == (501, "DocumentsNotKept", "/fields/0/kind")
