"""`pasum desk`: three desks without a network, in conflict; what scanners type; names that only the owner reads."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pasum.desk.exchange import Synced
from pasum.desk.file import DeskFile, DeskFileUnusable
from pasum.desk.tickets import LONGEST, scanned
from pasum.main import app
from tests.registration.desk_devices import at, desks, meeting_with_tickets
from tests.registration.running_service import START, RegistrationService

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def test_three_desks_in_conflict_agree_in_the_end(service: RegistrationService, tmp_path: Path) -> None:
    path, tickets, seats = await meeting_with_tickets(service, people=4)
    async with desks(service, tmp_path, path, count=3) as (first, second, slow):
        await service.withdrawn(path, seats[1])  # after the lists were fetched
        said = [first.scanned(tickets[0]), second.scanned(tickets[0]), second.scanned(tickets[1])]
        said.append(slow.scanned(tickets[2], at(START - DAY)))  # its clock is wrong by a day
        assert [(one.outcome, one.reason, len(one.warnings)) for one in said] == [
            ("checked-in", None, 0),
            ("checked-in", None, 0),
            ("checked-in", None, 0),
            ("checked-in", None, 1),
        ]
        assert str(said[0]).startswith("ເຊີນເຂົ້າ · Come in — ຄົນທີ 0")
        late = [await slow.sent(at(START - DAY)), await second.sent(), await first.sent()]
        assert [await desk.sent() for desk in (first, second, slow)] == [Synced(), Synced(), Synced()]
    told = [[one["would_have_been_refused"] or one["reason"] for one in synced.conflicts] for synced in late]
    assert told == [[], ["revoked"], ["already-in"]]
    figures = await service.statistics(path)
    assert {name: figures[name] for name in ("checked_in", "present", "inside", "check_ins_refused")} == {
        "checked_in": 3,
        "present": 3,
        "inside": 3,
        "check_ins_refused": {"already-in": 1},
    }
    assert figures["would_have_been_refused"] == {"revoked": 1}
    assert await service.value("SELECT max(abs(clock_skew)) > 86400 FROM check_in WHERE device = 'desk-2'")


async def test_scans_whose_answer_was_lost_are_sent_again_harmlessly(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=2)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        for ticket in tickets:
            desk.scanned(ticket)
        kept = desk.path.read_bytes()
        assert (await desk.sent()).sent == 2
        desk.path.write_bytes(kept)  # as if the answer had never come
        assert await desk.sent() == Synced(sent=2)
    assert (await service.statistics(path))["checked_in"] == 2


async def test_why_somebody_is_not_let_in(service: RegistrationService, tmp_path: Path) -> None:
    path, tickets, seats = await meeting_with_tickets(service, people=3)
    _, (elsewhere,), _ = await meeting_with_tickets(service, people=1)
    await service.withdrawn(path, seats[1])
    async with desks(service, tmp_path, path, count=1) as (desk,):
        desk.scanned(tickets[0])
        forged = tickets[2][:-4] + "AAAA"
        refused = [tickets[0], tickets[1], elsewhere, forged, tickets[2].lower(), "", "x" * 9_000]
        assert [desk.scanned(ticket).reason for ticket in refused] == [
            "already-in",
            "revoked",
            "wrong-meeting",
            *["forged"] * 4,
        ]
        assert desk.scanned(tickets[0], at(START + MINUTE), leaving=True).outcome == "left"
        assert desk.scanned(tickets[0], at(START + 2 * MINUTE)).outcome == "checked-in"
        assert (await desk.sent(at(START + 3 * MINUTE))).conflicts == []
    figures = await service.statistics(path)
    assert (figures["checked_in"], figures["inside"]) == (1, 1)


@pytest.mark.parametrize(
    "typed",
    [b"ticket\r", b"ticket\r\n", b"\tticket\t", b"\0ticket\0", b"\xef\xbb\xbfticket\n", b" ticket ", b"tic\nket"],
)
def test_whatever_a_scanner_adds_is_taken_away(typed: bytes) -> None:
    assert scanned(typed) == "ticket"


def test_binary_is_a_text_of_bounded_length() -> None:
    assert len(scanned(bytes(range(256)) * 1_000)) <= LONGEST


async def test_a_person_without_a_phone_is_found_by_name_and_checked_in_by_the_list(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, seats = await meeting_with_tickets(service, people=2)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        typed = f"{tickets[0]}\r\n/ຄົນທີ 1\t#1\0#9\n{seats[1]['code'].lower()}\n/!\n".encode()
        told = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["desk", "scan", f"--file={desk.path}"], input=typed)
        spoken = [line.partition(" · ")[0].strip() for line in told.output.splitlines() if not line.startswith("   !")]
        assert spoken == [
            "ເຊີນເຂົ້າ",
            "#1 ຄົນທີ 1",
            "ພິມ #ເລກ ເພື່ອເລືອກ",
            "ເຊີນເຂົ້າ",
            "ບໍ່ພົບຊື່ນີ້",
            "#1 ຄົນທີ 1",
            "ພິມ #ເລກ ເພື່ອເລືອກ",
            "ຖາມຊື່ກ່ອນ",
            "ບໍ່ພົບຊື່ນີ້",
        ]
        assert (await desk.sent()).sent == 2
    assert (await service.rows("SELECT method FROM check_in ORDER BY method"))[0]["method"] == "list"


async def test_only_the_owner_reads_the_names_and_one_command_removes_them(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        assert oct(desk.path.stat().st_mode)[-3:] == "600"
        desk.path.chmod(0o640)
        with pytest.raises(DeskFileUnusable):
            DeskFile(desk.path)
        desk.path.chmod(0o600)
        desk.scanned(tickets[0])
        runner, option = CliRunner(), f"--file={desk.path}"
        assert runner.invoke(app, ["desk", "forget", option]).exit_code == 1  # not sent yet
        await desk.sent()
        assert runner.invoke(app, ["desk", "status", option]).output.endswith("not sent: 0\n")
        assert runner.invoke(app, ["desk", "forget", option]).exit_code == 0
        assert not desk.path.exists()
        assert runner.invoke(app, ["desk", "status", option]).exit_code == 2
