"""Exports: what is sent as a file is read again as the same, is no formula, and is for the hosts of the meeting."""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest

from services.registration.api.lists.export_cells import cells_of
from services.registration.domain.participant_list import COLUMNS
from services.registration.domain.registration_states import RegistrationState
from shared.contracts.base import Language
from tests.registration.lists import XLSX, counted
from tests.registration.running_service import Caller, RegistrationService, code_of

FORMULA = '=HYPERLINK("http://example.test","ກົດ")'


async def exported(service: RegistrationService, path: str, kind: str, **query: str) -> bytes:
    sent = await service.organiser.get(f"{path}/registrations.{kind}", **query)
    assert sent.status_code == 200, sent.text
    return sent.content


async def table(service: RegistrationService, path: str, **query: str) -> list[list[str]]:
    text = (await exported(service, path, "csv", **query)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


async def filled(service: RegistrationService, **changes: Any) -> str:
    """A meeting with one person in each state, a formula, and a number of another country."""
    path = await service.opened(capacity=4, **changes)
    link = await service.invited(path)
    seats = [await service.registered(path, number, body="MOF") for number in range(3)]
    await service.sent(path, seats[0], 10)
    await service.withdrawn(path, seats[1])
    await service.registered(path, 11, given_name=FORMULA, email="f@example.la", mobile="+33 6 12 34 56 78", rank=50)
    await service.registered(path, 12, body="MPS", gender="female", language="en", honorific="ທ່ານ ນາງ")
    await service.registered(path, 13)
    decline = {"organisation": "MOF", "person": {"given_name": "ບຸນ", "rank": 80, "email": "x@example.la"}}
    declined = await service.anybody.post(f"{path}/declines", {**decline, "invitation": link, "reason": "ລາພັກ"})
    assert declined.status_code == 201, declined.text
    return path


@pytest.mark.parametrize("language", ["lo", "en"])
@pytest.mark.parametrize(("kind", "media_type"), [("csv", "text/csv"), ("xlsx", XLSX)])
async def test_an_exported_file_is_imported_as_all_the_same(
    kind: str, media_type: str, language: str, service: RegistrationService
) -> None:
    path = await filled(service)
    file = await exported(service, path, kind, language=language)
    preview = await service.imported(path, file, media_type=media_type)
    assert (preview["state"], counted(preview)) == ("ready", {"same": 8})


async def test_rows_are_in_order_of_rank_protocol_and_name_with_lao_headers(service: RegistrationService) -> None:
    path = await filled(service)
    headers, *rows = await table(service, path)
    assert headers[:6] == ["ລະຫັດການລົງທະບຽນ", "ລະຫັດອົງການ", "ອົງການ", "ຄຳນຳໜ້າ", "ຊື່", "ນາມສະກຸນ"]
    shown = [(row[headers.index("ຊື່")], row[headers.index("ເບີໂທລະສັບ")], row[headers.index("ສະຖານະ")]) for row in rows]
    assert shown == [
        (f"'{FORMULA}", "'+33612345678", "ຢືນຢັນ"),
        ("ຄົນທີ 12", "020 5555 1012", "ຢືນຢັນ"),
        ("ຄົນທີ 0", "020 5555 1000", "ມອບໝາຍຜູ້ຕາງໜ້າ"),
        ("ຄົນທີ 1", "020 5555 1001", "ຖອນຊື່"),
        ("ຄົນທີ 10", "020 5555 1010", "ຢືນຢັນ"),
        ("ຄົນທີ 13", "020 5555 1013", "ລໍຖ້າ"),
        ("ຄົນທີ 2", "020 5555 1002", "ຢືນຢັນ"),
        ("ບຸນ", "", "ບໍ່ເຂົ້າຮ່ວມ"),
    ]
    assert [row[headers.index("ລຳດັບໃນບັນຊີລໍຖ້າ")] for row in rows] == [*([""] * 5), "1", "", ""]


@pytest.mark.parametrize("language", ["lo", "en"])
def test_every_state_is_written_in_words(language: Language) -> None:
    row: dict[str, Any] = {**{column.name: None for column in COLUMNS}, "name_lo": "ກ", "name_en": None}
    place = [column.name for column in COLUMNS].index("state")
    words = [cells_of({**row, "state": state, "place": None}, language)[place] for state in RegistrationState]
    codes = [str(state) for state in RegistrationState] if language == "lo" else ["requested", "rejected"]
    assert set(words) & set(codes) == set()
    assert len(set(words)) == len(RegistrationState)


async def test_english_headers_have_english_names_of_bodies(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    headers, row = await table(service, path, language="en")
    assert (headers[2], row[2], row[headers.index("Gender")]) == (
        *("Organisation name", "Ministry of Finance", "not stated"),
    )


async def test_a_workbook_has_texts_and_numbers_and_no_formula(service: RegistrationService) -> None:
    path = await filled(service)
    book = openpyxl.load_workbook(io.BytesIO(await exported(service, path, "xlsx")))
    sheet = book["ລາຍຊື່"]
    kinds = {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert (kinds, sheet["H2"].value, sheet["E2"].value) == ({"s", "n"}, 50, f"'{FORMULA}")


async def test_a_program_gets_the_values_as_they_are_stored(service: RegistrationService) -> None:
    path = await filled(service)
    people = json.loads(await exported(service, path, "json"))
    assert [(one["given_name"], one["mobile"], one["state"]) for one in people][:2] == [
        (FORMULA, "+33612345678", "confirmed"),
        ("ຄົນທີ 12", "+8562055551012", "confirmed"),
    ]
    assert json.loads(await exported(service, await service.opened(), "json")) == []


async def test_an_edited_export_shows_what_was_edited(service: RegistrationService) -> None:
    path = await filled(service)
    edited = (await exported(service, path, "csv")).replace("ຄົນທີ 1,".encode(), "ຄຳ,".encode())
    assert counted(await service.imported(path, edited)) == {"same": 7, "changed": 1}


async def test_whoever_was_erased_is_not_exported(service: RegistrationService) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    person = await service.value("SELECT person_id FROM registration")
    await service.as_("operator").post(f"/v1/persons/{person}/erase")
    assert len(await table(service, path)) == 1


async def test_co_hosts_export_and_others_do_not(service: RegistrationService) -> None:
    path = await service.opened(co_hosts=["UNDP"])

    async def asked(caller: Caller) -> int:
        return (await caller.get(f"{path}/registrations.csv")).status_code

    callers = [
        service.as_(role, body=body) for role, body in (("organiser", "UNDP"), ("organiser", "MOF"), ("desk", "MTC"))
    ]
    assert [await asked(caller) for caller in callers] == [200, 403, 403]
    refused = await service.as_("organiser", body="MOF").get(f"{await service.drafted()}/registrations.csv")
    assert code_of(refused)[:2] == (404, "NotFound")


async def test_co_hosts_get_no_number_and_no_address(service: RegistrationService) -> None:
    path = await service.opened(co_hosts=["UNDP"])
    await service.registered(path, 1, email="a@example.la")
    contacts = []
    for body in ("MTC", "UNDP"):
        caller = service.as_("organiser", body=body)
        (person,) = (await caller.get(f"{path}/registrations.json")).json()
        text = (await caller.get(f"{path}/registrations.csv")).content.decode("utf-8-sig")
        headers, row = csv.reader(io.StringIO(text))
        shown = [row[headers.index(column)] for column in ("ຊື່", "ເບີໂທລະສັບ", "ອີເມວ")]
        contacts.append([person["given_name"], person["mobile"], person["email"], *shown])
    assert contacts == [
        ["ຄົນທີ 1", "+8562055551001", "a@example.la", "ຄົນທີ 1", "020 5555 1001", "a@example.la"],
        ["ຄົນທີ 1", None, None, "ຄົນທີ 1", "", ""],
    ]


async def test_an_export_is_logged_without_a_name(
    service: RegistrationService, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await service.opened()
    await service.registered(path, 1)
    capsys.readouterr()
    await exported(service, path, "csv")
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "list-exported" in one]
    assert ("count=1" in line, "kind=csv" in line, "actor=organiser" in line, "ຄົນທີ" in line) == (
        *(True, True, True, False),
    )
