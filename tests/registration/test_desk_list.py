"""`pasum desk` without phone and paper: by code, by name, and people who have not registered."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pasum.desk.entrance import code_of
from pasum.desk.file import DeskFile
from pasum.desk.keyboard import walk_in_of
from pasum.main import app
from shared.contracts.ids import code_check
from tests.registration.desk_devices import at, desks, meeting_with_tickets
from tests.registration.running_service import START, RegistrationService

MINUTE = timedelta(minutes=1)
COME_IN, REFUSED, LEFT = "ເຊີນເຂົ້າ", "ບໍ່ໃຫ້ເຂົ້າ", "ອອກແລ້ວ"
CHOOSE, ON_THE_LIST = "ພິມ #ເລກ ເພື່ອເລືອກ", "ມີຊື່ນີ້ໃນບັນຊີແລ້ວ: ພິມ #ເລກ, ຫຼື ++ ຖ້າແມ່ນຄົນອື່ນ"


@pytest.mark.parametrize("typed", ["a7k2q9", "A7K-2Q9", "A7K 2Q9", "A໗K໒Q໙"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert code_of(typed) == "A7K2Q9"


@pytest.mark.parametrize("typed", ["A7K2Q", "A7K2Q99", "ກຂຄງຈສ", "eyJhbGciOiJFZERTQSJ9.e30.x", ""])
def test_what_is_no_code_is_a_ticket(typed: str) -> None:
    assert code_of(typed) is None


async def test_a_code_is_recognised_without_a_network_and_the_list_holds_no_code(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, _, seats = await meeting_with_tickets(service, people=2)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        assert desk.typed(f"{seats[1]['code'][:3]}-{seats[1]['code'][3:].lower()}", "#1") == [
            "#1 ຄົນທີ 1",
            CHOOSE,
            "ຖາມຊື່ກ່ອນ",
            COME_IN,
        ]
        assert desk.typed("222222") == ["ບໍ່ມີລະຫັດນີ້ໃນບັນຊີ: ຊອກຊື່ດ້ວຍ /ຊື່"]
        assert [code for code in (seat["code"].encode() for seat in seats) if code in desk.path.read_bytes()] == []
        assert (await desk.sent()).conflicts == []
    listed = (await service.organiser.get(f"{path}/registrations")).json()["items"]
    assert [one["checked_in_at"] is not None for one in listed] == [False, True]


def test_sixteen_bits_of_a_code_are_told() -> None:
    assert (len(code_check("meeting", "A7K2Q9")), code_check("m", "A7K2Q9") == code_check("n", "A7K2Q9")) == (4, False)


async def test_a_list_that_has_not_changed_is_not_sent_again(service: RegistrationService, tmp_path: Path) -> None:
    path, _, seats = await meeting_with_tickets(service, people=2)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        answers: list[int] = []

        async def counted(response: Any) -> None:
            answers.append(response.status_code)

        service.http.event_hooks["response"].append(counted)
        await desk.fetched(path)
        assert answers == [200, 304, 304]  # keys, roster, revocations
        await service.withdrawn(path, seats[0])
        answers.clear()
        await desk.fetched(path)
        assert answers == [200, 200, 200]
        file = DeskFile(desk.path)
        assert file.counts()["people"] == 1
        file.close()


WALK_INS: dict[str, dict[str, str] | None] = {
    "ແກ້ວ": {"given_name": "ແກ້ວ"},
    "ແກ້ວ ສົມພອນ ວົງສາ; mof; 020 5555 7777; ຍິງ": {
        "given_name": "ແກ້ວ",
        "family_name": "ສົມພອນ ວົງສາ",
        "organisation": "MOF",
        "mobile": "020 5555 7777",
        "gender": "female",
    },
    "Keo;;;M": {"given_name": "Keo", "gender": "male"},
    "ແກ້ວ;;;?": None,
    "a;b;c;f;e": None,
    " ; MOF": None,
    "": None,
}


@pytest.mark.parametrize(("typed", "person"), WALK_INS.items(), ids=str)
def test_somebody_who_has_not_registered_is_typed_in_one_line(typed: str, person: dict[str, str] | None) -> None:
    assert walk_in_of(typed) == person


async def test_a_stranger_comes_in_goes_out_and_comes_back_before_the_server_knows_him(
    service: RegistrationService, tmp_path: Path
) -> None:
    path = await service.opened(walk_ins=True)
    await service.registered(path, 1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        assert desk.typed("+ຄົນທີ 1; MOF", "+") == [
            "#1 ຄົນທີ 1",
            CHOOSE,
            ON_THE_LIST,
            "ພິມ +ຊື່ ນາມສະກຸນ; ລະຫັດອົງການ; ເບີໂທ; ຍິງ ຫຼື ຊາຍ",
        ]
        assert desk.typed("+ແກ້ວ ສົມພອນ; MOF; 020 5555 1001; ຍິງ") == [COME_IN]
        assert desk.typed("/ສົມພອນ", "#1", leaving=True)[-1] == LEFT
        await desk.fetched(path)  # he is on the list all the same
        assert desk.typed("/ສົມພອນ", "#1")[-1] == COME_IN
        waiting = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["desk", "queue", f"--file={desk.path}"]).output
        assert [line.rpartition(" — ")[2].partition(" · ")[0] for line in waiting.splitlines()] == [
            COME_IN,
            LEFT,
            COME_IN,
            "ຍັງບໍ່ໄດ້ສົ່ງ",
        ]
        assert (await desk.sent(at(START + MINUTE))).sent == 3
    (row,) = await service.rows("SELECT mobile, walk_in FROM registration WHERE walk_in")
    assert tuple(row) == (None, True)  # the number is that of somebody else
    assert (await service.statistics(path))["walk_ins"] == 1


async def test_a_stranger_who_had_registered_is_himself_also_when_he_goes_out(
    service: RegistrationService, tmp_path: Path
) -> None:
    path = await service.opened(walk_ins=True)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        seat = await service.registered(path, 1)  # after the list was fetched
        said = desk.typed("+ຄົນທີ 1;;020 5555 1001")
        assert said == [COME_IN]
        assert desk.typed("/ຄົນທີ", "#1", leaving=True)[-1] == LEFT
        assert (await desk.sent(at(START + MINUTE))).sent == 2
    rows = await service.rows("SELECT registration_id::text AS id, left_at IS NOT NULL AS left FROM registration")
    assert [(row["id"], row["left"]) for row in rows] == [(seat["registration_id"], True)]


async def test_a_meeting_without_walk_ins_says_so_and_keeps_no_name(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, _, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        assert desk.typed("+ແກ້ວ") == [REFUSED]
        assert (await desk.sent()).sent == 0
