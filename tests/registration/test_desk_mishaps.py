"""What goes wrong at a desk: another meeting too early, a clock that was set, no network, a locked file."""

import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pasum import api
from pasum.desk.clock import now
from pasum.desk.entrance import Entrance
from pasum.desk.file import DeskFile, DeskFileUnusable, ScansNotSent
from pasum.main import app, main
from tests.registration.desk_devices import Desk, at, desks, meeting_with_tickets
from tests.registration.running_service import START, RegistrationService

HOURS, MINUTE, SECOND = timedelta(hours=2), timedelta(minutes=1), timedelta(seconds=1)
NOWHERE = "http://127.0.0.1:1"


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_no_other_meeting_or_device_is_fetched_while_scans_are_not_sent(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    other = await service.opened()
    async with desks(service, tmp_path, path, count=1) as (desk,):
        desk.scanned(tickets[0])
        for wrong, meeting in ((desk, other), (Desk(desk.path, "another", desk.api), path)):
            with pytest.raises(ScansNotSent) as refused:
                await wrong.fetched(meeting)
            assert str(refused.value) == "1 ຍັງບໍ່ໄດ້ສົ່ງ · not sent: `pasum desk sync`"
        await desk.fetched(path)
        assert (await desk.sent()).conflicts == []
        await desk.fetched(other)
    assert (await service.statistics(path))["checked_in"] == 1


async def test_one_desk_is_forgotten_and_no_other(service: RegistrationService, tmp_path: Path) -> None:
    path, _, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        other = tmp_path / f"{desk.path.name}-2"
        for kept in (other, Path(f"{desk.path}-journal")):
            kept.write_bytes(b"")
        assert CliRunner().invoke(app, ["desk", "forget", f"--file={desk.path}"]).exit_code == 0
        assert files_in(tmp_path) == [other]


async def test_a_desk_that_is_in_use_when_it_is_forgotten_takes_no_scan_into_nowhere(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        used = DeskFile(desk.path)
        entrance = Entrance(used)
        assert CliRunner().invoke(app, ["desk", "forget", f"--file={desk.path}"]).exit_code == 0
        with pytest.raises(sqlite3.OperationalError):
            entrance.ticket(tickets[0])
        used.close()


@pytest.mark.parametrize(("boot", "before"), [("1", MINUTE), ("2", HOURS + MINUTE)], ids=["set", "set and restarted"])
async def test_a_clock_that_was_set_after_the_scan_is_noticed_until_the_device_restarts(
    boot: str, before: timedelta, service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        desk.scanned(tickets[0], at(START - HOURS, wrong=-HOURS))
        assert (await desk.sent(at(START + MINUTE, boot=boot))).sent == 1
    assert await service.value("SELECT received_at - came_at FROM check_in") == before


def test_the_start_of_this_device_is_known() -> None:
    first, second = now(), now()
    assert first.boot == second.boot
    assert abs(timedelta(seconds=first.ahead - second.ahead)) < SECOND


def test_a_first_fetch_without_a_network_ends_in_one_line_and_leaves_no_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, token = tmp_path / "desk.sqlite", tmp_path / "token"
    token.write_text("token", encoding="utf-8")
    monkeypatch.setattr(api, "PATIENCE_SECONDS", 0.0)
    options = [f"--file={file}", f"--url={NOWHERE}", f"--token-file={token}"]
    monkeypatch.setattr(sys, "argv", ["pasum", "desk", "fetch", "meeting", "--device=1", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert (ended.value.code, told.partition(":")[0], told.count("\n")) == (1, "ບໍ່ມີເຄືອຂ່າຍ · No network", 1)
    with pytest.raises(DeskFileUnusable):
        DeskFile(file)
    assert CliRunner().invoke(app, ["desk", "scan", f"--file={file}"], input="ticket\n").exit_code == 2


def test_a_file_that_is_no_desk_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "desk.sqlite"
    file.write_text("no database " * 100, encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setattr(sys, "argv", ["pasum", "desk", "status", f"--file={file}"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err == "file is not a database\n"


async def test_a_scan_that_cannot_be_recorded_is_told_and_the_desk_goes_on(
    service: RegistrationService, tmp_path: Path
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=1) as (desk,):
        other = sqlite3.connect(desk.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = CliRunner().invoke(app, ["desk", "scan", f"--file={desk.path}"], input=f"{tickets[0]}\n/nobody\n")
        other.close()
        assert told.output.splitlines() == [
            "ບໍ່ໄດ້ບັນທຶກ: ສະແກນໃໝ່ · Not recorded, scan again: database is locked",
            "ບໍ່ພົບຊື່ນີ້ · Nobody of this name",
        ]
        assert desk.scanned(tickets[0]).outcome == "checked-in"


@pytest.mark.parametrize("sent", [True, False], ids=["entry sent", "entry not sent"])
async def test_who_went_out_by_another_exit_is_let_in_again_once(
    sent: bool,  # noqa: FBT001 -- a case
    service: RegistrationService,
    tmp_path: Path,
) -> None:
    path, tickets, _ = await meeting_with_tickets(service, people=1)
    async with desks(service, tmp_path, path, count=2) as (entrance, way_out):
        entrance.scanned(tickets[0])
        if sent:
            await entrance.sent()
        way_out.scanned(tickets[0], at(START + MINUTE), leaving=True)
        await way_out.sent(at(START + MINUTE))
        assert entrance.scanned(tickets[0]).reason == "already-in"
        await entrance.fetched(path)
        slow = at(START - HOURS)
        assert [entrance.scanned(tickets[0], slow).reason for _ in range(2)] == [None, "already-in"]
