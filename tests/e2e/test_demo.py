"""The seed's meeting ends with the same report, whatever is killed on the way."""

import json
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from rich.console import Console

from deploy.local.system import System
from pasum.demo import data
from pasum.demo.run import demonstrate
from pasum.verify import verify_file
from services.minutes.domain.attendance import COUNTED

pytestmark = pytest.mark.timeout(400)

# Which processes die (SIGKILL) at the beginning of which step of the play.
KILLS = {
    "The meeting is announced, ministries are invited": ("registration-relay",),
    "60 people answer by link, without an account": (
        "notification-worker",
        "registration-api",
        "notification-consumer",
    ),
    "One sends a representative, one withdraws, the queue moves up": ("registration-worker",),
    "At the door: signed QR codes, one twice, one forged, two from an offline desk": (
        "registration-relay",
        "notification-relay",
    ),
    "The session: opinions, decisions, actions": ("minutes-consumer", "registration-consumer"),
    "Minutes: drafted, reviewed, approved, numbered, signed, published": (
        "minutes-worker",
        "minutes-api",
        "minutes-relay",
    ),
    "The archive seals the record": (
        "archive-worker",
        "archive-consumer",
        "archive-relay",
        "archive-api",
        "notification-api",
    ),
}


@pytest.fixture
def console() -> Console:
    """What the play says goes to pytest's captured output."""
    return Console(width=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that PostgreSQL's own user may enter."""
    for each in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        each.chmod(0o711)
    return tmp_path


def figures_of(report: dict[str, Any]) -> dict[str, Any]:
    """What must be the same in every run: no identifiers, no addresses, no time."""
    same = (
        "invited",
        "answered",
        "confirmed",
        "declined",
        "represented",
        "waitlisted",
        "promoted",
        "withdrawn",
        "checked_in",
        "present",
        "women",
    )
    return {
        **{name: report[name] for name in same},
        "check_ins_refused": report["check_ins_refused"],
        "dead_letters": report["dead_letters"],
        "minutes": {name: report["minutes"][name] for name in ("state", "number", "present", "women")},
        "news": report["news"]["title"],
        "told": {occasion: _sums(report["told"][occasion]) for occasion in ("left", "moved", "cancelled")},
        "calendars": report["told"]["calendars"],
        "links": len(set(report["told"]["links"].values())),
        "sms": sum(report["sms"].values()),
        "emails": sum(report["emails"].values()),
        "log_size": report["archive"]["log_size"],
        "training": {name: value for name, value in report["training"].items() if name != "papers"},
    }


def _sums(audiences: dict[str, dict[str, int]]) -> dict[str, int]:
    """Messages to each audience, those that got none left out."""
    sums = {audience: sum(channels.values()) for audience, channels in audiences.items()}
    return {audience: count for audience, count in sums.items() if count}


EVERYBODY = {"contact": 3, "chair": 2, "co-host": 2, "seated": 3, "waiting": 1, "representative": 2}
EXPECTED = {
    "invited": 64,
    "answered": 60,
    "confirmed": 55,
    "declined": 3,
    "represented": 1,
    "waitlisted": 1,
    "promoted": 1,
    "withdrawn": 1,
    "checked_in": 52,
    "present": 53,
    "women": 18,
    "check_ins_refused": {"already-in": 1, "forged": 1},
    "dead_letters": 0,
    "minutes": {"state": "filed", "number": "0001/ຕສ", "present": 53, "women": 18},
    "news": "ກອງປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້າງຍຸດທະສາດ ແລະ ແຜນແມ່ບົດ ການຫັນເປັນລັດຖະບານດິຈິຕອນ",
    "log_size": 1,
    "training": {
        "bodies invited at once": 2,
        "bodies not invited": {"OrganisationUnknown": "NOBODY"},
        "list": {"new": 3, "refused": 1},
        "requests decided": 2,
        "waited at place": 1,
        "let in offline": 4,
        "answers": {"confirmed": 8, "waitlisted": 0, "withdrawn": 1, "rejected": 1, "represented": 1, "promoted": 1},
        "seats by body": {"MOES": 1, "MOF": 2, "MOH": 3, "PMO": 2},
        "seats by gender": {"female": 5, "male": 3},
        "let in although withdrawn": 1,
        "agenda": "1, 2, 2.1, 2.2",
    },
    "told": {"left": {"withdrawn": 1, "represented": 1}, "moved": EVERYBODY, "cancelled": EVERYBODY},
    "calendars": {"requested": 8, "cancelled": 8},
    "links": 1,  # as many were opened as there are
}


def check_papers_of_the_training(report: dict[str, Any]) -> None:
    """The papers are where the report says: one page to sign, one page of eight badges, one entry of a calendar."""
    papers = {name: Path(file) for name, file in report["training"]["papers"].items()}
    for name in ("attendance-sheet", "badges"):
        with pikepdf.open(papers[name]) as document:
            assert (name, len(document.pages)) == (name, 1)
    assert papers["calendar"].read_text(encoding="utf-8").count("BEGIN:VEVENT") == 1


def check_papers(folder: Path) -> None:
    """Nobody is listed twice, so that nobody is both present and absent; no paper is older than what it tells of."""
    with pikepdf.open(folder / "minutes.pdf") as document:
        minutes = json.loads(document.attachments["minutes.json"].get_file().read_bytes())
    listed = [row["name"] for each in minutes["attendance"] for row in each["rows"]]
    assert len(set(listed)) == len(listed)
    room = [len(each["rows"]) for each in minutes["attendance"] if each["presence"] in COUNTED]
    assert (sum(room), minutes["present"]) == (53, 53)
    news = json.loads((folder / "news.json").read_text(encoding="utf-8"))
    published = datetime.strptime(news["date"], "%d/%m/%Y").replace(tzinfo=UTC).date()
    assert date(2022, 9, 19) < date.fromisoformat(minutes["dated"]) <= published
    assert "ຜ່ານມານີ້" not in news["paragraphs"][0]


def test_nobody_in_the_play_has_the_name_of_somebody_else() -> None:
    people = [data.made_up(number) for number in range(data.PEOPLE)] + [data.representative(), data.MEETING["chair"]]
    assert len({(each["given_name"], each["family_name"]) for each in people}) == len(people)


def test_the_meeting_is_played_and_every_count_agrees(folder: Path, console: Console) -> None:
    """The report compares its own counts and raises where two differ; the package on disk proves itself."""
    report = demonstrate(folder, console, apart=False)
    found = figures_of(report)
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    store = folder / "system" / "data" / "archive"
    package = next(store.rglob("*.zip"))
    secrets = folder / "system" / "secrets"
    verdict = verify_file(package, checkpoint_key=str(secrets / "log.vkey"), trust_roots=secrets / "pki" / "root.pem")
    assert verdict.exit_code == 0
    check_papers(folder)
    check_papers_of_the_training(report)


def test_every_role_is_killed_once_and_the_report_is_the_same(folder: Path, console: Console) -> None:
    """SIGKILL in the middle of the flow; each process is started again a second later, as an orchestrator would."""
    reaper = Reaper()
    report = demonstrate(folder, console, apart=True, at_step=reaper.strike)
    reaper.rest()
    assert sorted(reaper.killed) == sorted(name for names in KILLS.values() for name in names)
    found = figures_of(report)
    assert {name: found[name] for name in EXPECTED} == EXPECTED


class Reaper:
    """Kills what dies in a step and has it started again."""

    def __init__(self) -> None:
        self.killed: list[str] = []
        self._timers: list[threading.Timer] = []

    def strike(self, system: System, step: str) -> None:
        """SIGKILL now, a new process in a second."""
        for name in KILLS.get(step, ()):
            system.running[name].kill()
            self.killed.append(name)
            self._timers.append(threading.Timer(1.0, system.restart, [name]))
            self._timers[-1].start()

    def rest(self) -> None:
        """Every process that was to be started again has been."""
        for timer in self._timers:
            timer.join()
