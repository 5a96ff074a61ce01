"""Three desks in conflict, each the real program in a process of its own, against the service over HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from deploy.local.ports import LOOPBACK, free_port
from tests.registration.desk_devices import meeting_with_tickets
from tests.registration.running_service import RegistrationService, http_application
from tests.shared.bus import until

DESKS = 3


@asynccontextmanager
async def served(service: RegistrationService) -> AsyncIterator[str]:
    """The address of the service."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(http_application(service.built), port=port, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    yield f"http://{LOOPBACK}:{port}"
    server.should_exit = True
    await task


async def pasum(*arguments: str, typed: str = "") -> str:
    """What the program says; it ends well."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pasum", "desk", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, errors = await program.communicate(typed.encode())
    assert program.returncode == 0, errors.decode()
    return told.decode()


async def test_three_programs_in_conflict_agree_in_the_end(service: RegistrationService, tmp_path: Path) -> None:
    path, tickets, seats = await meeting_with_tickets(service, people=3)
    await service.organiser.patch(path, {"walk_ins": True})
    token = tmp_path / "token"
    token.write_text(service.as_("desk").headers["authorization"].removeprefix("Bearer "), encoding="utf-8")
    files = [f"--file={tmp_path / f'desk-{number}.sqlite'}" for number in range(DESKS)]
    async with served(service) as url:
        online = [f"--url={url}", f"--token-file={token}"]
        meeting = path.rpartition("/")[2]
        fetched = (pasum("fetch", meeting, f"--device=d{n}", file, *online) for n, file in enumerate(files))
        assert set(await asyncio.gather(*fetched)) == {"ພ້ອມ · Ready: 3 ທ່ານ · people\n"}
        stranger = "+ແກ້ວ ສົມພອນ; MOF; 020 5555 7777; ຍິງ\n"
        typed = [f"{tickets[0]}\r\n{stranger}", f"{tickets[0]}\t{stranger}", f"{tickets[1]}\n{seats[2]['code']}\n#1\n"]
        said = await asyncio.gather(*(pasum("scan", file, typed=text) for file, text in zip(files, typed, strict=True)))
        assert [text.count("ເຊີນເຂົ້າ") for text in said] == [2, 2, 2]
        first = await pasum("sync", files[0], *online)
        told = [first, *(await asyncio.gather(*(pasum("sync", file, *online) for file in files[1:])))]
        assert [text.count("ເຂົ້າມາແລ້ວ") for text in told] == [0, 2, 0]
        assert await asyncio.gather(*(pasum("queue", file) for file in files)) == ["ຍັງບໍ່ໄດ້ສົ່ງ · not sent: 0\n"] * DESKS
        assert await pasum("forget", files[0]) == "ລຶບແລ້ວ · Removed\n"
    figures = await service.statistics(path)
    names = ("checked_in", "present", "inside", "walk_ins", "check_ins_refused")
    assert [figures[name] for name in names] == [4, 4, 4, 1, {"already-in": 2}]
