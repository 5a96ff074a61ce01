"""Imports: a preview writes nothing, the same file twice is all `same`, one bad row is named and fails no other."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.registration.effects.retention import erase_expired
from tests.registration.lists import XLSX, applied, counted, csv, refused_rows, row, rows_of, xlsx
from tests.registration.running_service import RegistrationService, code_of


async def test_a_preview_writes_nobody_and_erases_the_file(service: RegistrationService) -> None:
    path = await service.opened()
    preview = await service.imported(path, csv(row(1), row(2)))
    assert (preview["state"], preview["rows_read"], counted(preview)) == ("ready", 2, {"new": 2})
    assert await service.value("SELECT count(*) FROM registration") == 0
    assert await service.value("SELECT count(*) FROM participant_import_piece") == 0


async def test_the_same_file_twice_is_all_the_same_and_with_edits_shows_old_and_new(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    first = await service.imported(path, csv(row(1), row(2), row(3)))
    assert (await applied(service, path, first))["state"] == "applied"
    again = await service.imported(path, csv(row(1), row(2), row(3)))
    assert counted(again) == {"same": 3}
    edited = await service.imported(path, csv(row(1), row(2, rank=70, family_name="ແກ້ວມະນີ"), row(3), row(4)))
    assert counted(edited) == {"same": 2, "changed": 1, "new": 1}
    (changed,) = [one for one in await rows_of(service, path, edited) if one["verdict"] == "changed"]
    assert changed["changes"] == [
        {"column": "family_name", "old": "ວົງພະຈັນ", "new": "ແກ້ວມະນີ"},
        {"column": "rank", "old": 80, "new": 70},
    ]
    assert (await applied(service, path, edited))["state"] == "applied"
    listed = await service.rows(
        "SELECT r.rank, p.rank, family_name FROM registration r JOIN person p USING (person_id) ORDER BY r.mobile"
    )
    assert [tuple(one) for one in listed] == [
        (80, 80, "ວົງພະຈັນ"),
        (70, 70, "ແກ້ວມະນີ"),
        (80, 80, "ວົງພະຈັນ"),
        (80, 80, "ວົງພະຈັນ"),
    ]
    assert await service.value("SELECT count(*) FROM outbox WHERE type = 'registration.person-recorded.v1'") == 6


async def test_a_broken_row_in_the_middle_leaves_all_or_only_itself_out(service: RegistrationService) -> None:
    path = await service.opened()
    preview = await service.imported(path, csv(row(1), row(2, mobile="12", rank="ສູງ"), row(3)))
    assert counted(preview) == {"new": 2, "refused": 1}
    assert await refused_rows(service, path, preview) == [(3, "rank", "int_type")]
    assert (await applied(service, path, preview))["state"] == "not-applied"
    assert await service.value("SELECT count(*) FROM registration") == 0
    assert (await applied(service, path, preview, "valid-rows"))["state"] == "applied"
    assert await service.value("SELECT count(*) FROM registration") == 2
    assert await service.value("SELECT count(person) FROM participant_import_line") == 0


async def test_whoever_is_registered_by_a_list_has_a_link_to_his_own_answer(service: RegistrationService) -> None:
    path = await service.opened()
    await applied(service, path, await service.imported(path, csv(row(1), row(2))))
    assert await service.value("SELECT count(DISTINCT link_hash) FROM registration") == 2
    answers = [
        await service.http.get("/v1/registration", headers={"Registration-Token": token})
        for token in (await service.own_tokens()).values()
    ]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_rows_that_stand_twice_are_refused_and_name_the_earlier_one(service: RegistrationService) -> None:
    path = await service.opened()
    file = csv(row(1), row(2, email="a@example.la"), row(1, given_name="ອື່ນ"), row(4, email="A@example.la"))
    preview = await service.imported(path, file)
    rows = await rows_of(service, path, preview)
    problems = [(one["line"], problem["code"], problem["details"]) for one in rows for problem in one["problems"]]
    assert problems == [(4, "DuplicateRow", {"line": 2}), (5, "DuplicateRow", {"line": 3})]


async def test_two_people_of_one_name_are_two(service: RegistrationService) -> None:
    path = await service.opened()
    assert counted(await service.imported(path, csv(row(1), row(2, given_name="ຄົນທີ 1")))) == {"new": 2}


async def test_whoever_registered_himself_meanwhile_needs_nothing_or_is_named(service: RegistrationService) -> None:
    path = await service.opened()
    same = {"family_name": "ວົງພະຈັນ", "position_title": "ຫົວໜ້າພະແນກ", "gender": "female"}
    preview = await service.imported(path, csv(row(1), row(2), row(3)))
    await service.registered(path, 1, **same)
    await service.registered(path, 2)
    assert (await applied(service, path, preview))["state"] == "not-applied"
    assert await refused_rows(service, path, preview) == [(3, None, "ChangedSincePreview")]
    assert await service.value("SELECT count(*) FROM registration") == 2


async def test_seats_that_are_not_there_leave_everybody_out(service: RegistrationService) -> None:
    path = await service.opened(capacity=2, waiting_list="none")
    preview = await service.imported(path, csv(*(row(number) for number in range(3))))
    assert (await applied(service, path, preview))["state"] == "not-applied"
    assert await refused_rows(service, path, preview) == [(4, None, "MeetingFull")]
    facts = "SELECT count(*) FROM outbox WHERE type = 'registration.participant-registered.v1'"
    assert (await service.value(facts), await service.value("SELECT confirmed FROM meeting")) == (0, 0)


async def test_an_import_is_applied_once(service: RegistrationService) -> None:
    path = await service.opened()
    preview = await service.imported(path, csv(row(1)))
    assert [(await applied(service, path, preview))["state"] for _ in range(2)] == ["applied"] * 2
    assert await service.value("SELECT count(*) FROM registration") == 1


async def test_what_does_not_change_needs_no_column(service: RegistrationService) -> None:
    path = await service.opened()
    await applied(service, path, await service.imported(path, csv(row(1, email="a@example.la"))))
    columns = {name: name for name in ("organisation", "given_name", "rank", "mobile")}
    assert counted(await service.imported(path, csv(row(1), headers=columns))) == {"same": 1}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"email": "b@example.la"}, ("email", "TwoRegistrations")),
        ({"organisation": "MOH"}, ("organisation", "OrganisationFixed")),
        ({"organisation": "NONE"}, ("organisation", "OrganisationUnknown")),
        ({"mobile": "", "email": ""}, ("mobile", "ContactMissing")),
        ({"mobile": "8.56E+12"}, ("mobile", "RoundedNumber")),
        ({"given_name": "ກ\x07"}, ("given_name", "text_characters")),
        ({"gender": "ບໍ່ຮູ້"}, ("gender", "literal_error")),
        ({"rank": "80.5"}, ("rank", "int_type")),
    ],
)
async def test_a_row_is_refused_with_its_column(
    changes: dict[str, Any], problem: tuple[str, str], service: RegistrationService
) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    await service.registered(path, 2, mobile=None, email="b@example.la")
    preview = await service.imported(path, csv(row(1, **changes)))
    assert await refused_rows(service, path, preview) == [(2, *problem)]


async def test_an_import_is_of_its_meeting_and_ends(service: RegistrationService) -> None:
    path, other = await service.opened(), await service.opened()
    preview = await service.imported(path, csv(row(1)))
    address = f"/imports/{preview['import_id']}"
    assert code_of(await service.organiser.get(f"{other}{address}")) == (404, "NotFound", None)
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE participant_import SET expires_at = $1", datetime(2026, 1, 1, tzinfo=UTC))
    assert code_of(await service.organiser.get(f"{path}{address}/rows"))[1] == "NotFound"
    await erase_expired(service.database)
    assert await service.value("SELECT count(*) FROM participant_import_line") == 0


async def test_an_import_is_erased_when_its_sender_says_so(service: RegistrationService) -> None:
    path = await service.opened()
    preview = await service.imported(path, csv(row(1)))
    address = f"{path}/imports/{preview['import_id']}"
    done = await service.http.delete(address, headers=service.organiser.headers)
    assert (done.status_code, await service.value("SELECT count(*) FROM participant_import")) == (204, 0)


async def test_a_meeting_has_ten_imports_at_a_time(service: RegistrationService) -> None:
    path = await service.opened()
    headers = {**service.organiser.headers, "content-type": "text/csv"}
    sent = [await service.http.post(f"{path}/imports", content=b"x", headers=headers) for _ in range(11)]
    assert [one.status_code for one in sent] == [202] * 10 + [409]


async def test_a_draft_is_previewed_and_applied_when_it_is_open(service: RegistrationService) -> None:
    path = await service.drafted()
    preview = await service.imported(path, csv(row(1)))
    refused = await service.organiser.post(f"{path}/imports/{preview['import_id']}/application", {})
    assert code_of(refused)[1] == "WrongPhase"
    await service.organiser.post(f"{path}/open")
    assert (await applied(service, path, preview))["state"] == "applied"


async def test_an_erased_person_is_in_no_preview(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    await service.imported(path, csv(row(1), row(2)))
    person = await service.value("SELECT person_id FROM registration")
    await service.as_("operator").post(f"/v1/persons/{person}/erase")
    assert [one["line"] for one in await service.rows("SELECT line FROM participant_import_line")] == [3]


async def test_a_spreadsheet_is_read_like_a_text(service: RegistrationService) -> None:
    path = await service.opened()
    await applied(service, path, await service.imported(path, csv(row(1), row(2))))
    assert counted(await service.imported(path, xlsx(row(1), row(2)), media_type=XLSX)) == {"same": 2}
