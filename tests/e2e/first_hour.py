"""The page of the first hour, followed on a running system, and what the services say afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.system import System
from pasum.api import Client, addresses, bearer
from tests.architecture.source import ROOT
from tests.e2e.page_commands import PageRun, Step, run_steps, steps_of

PAGE = ROOT / "docs" / "howto" / "first-hour.md"
NAMES = 'printf "%s\\n" "$MEETING" "$TEXT" "$RECORD"'
"""Where the meeting, its minutes and its record are, from the shell of the reader."""
ROLES = ("organiser", "secretary", "archivist", "operator")


@dataclass(frozen=True, slots=True)
class FirstHour:
    """The steps of the page, what the shell said, and what the services said then; empty where a command failed."""

    steps: list[Step]
    page_run: PageRun
    outcome: Mapping[str, Any]


def follow_page(system: System, folder: Path) -> FirstHour:
    """Do what the page says in `folder`, as its reader does in his checkout."""
    steps = steps_of(PAGE.read_text(encoding="utf-8"))
    page_run = run_steps(steps, folder=folder, extra=NAMES)
    return FirstHour(steps, page_run, {} if page_run.exit_code else _outcome(system, *page_run.outputs[-1].split()))


def _outcome(system: System, meeting: str, minutes: str, record: str) -> dict[str, Any]:
    found = addresses(system.stack.address_file)
    with Client("", bearer(found, *ROLES, organisation="MTC", subject="first-hour-test")) as client:
        figures = client.get(f"{meeting}/statistics")
        file, sealed = client.get(minutes), client.get(record)
        messages = client.get(
            f"{system.urls['notification']}/v1/messages", meeting_id=figures["meeting_id"], limit=200
        )["items"]
        letters = [client.get(f"{system.urls[one]}/v1/dead-letters")["items"] for one in system.apis]
        return {
            "meeting": client.get(meeting)["phase"],
            "figures": {
                name: figures[name] for name in ("declined", "represented", "withdrawn", "promoted", "present")
            },
            "refused": figures["check_ins_refused"],
            "minutes": (file["state"], file["number"], file["revision"]),
            "written": tuple(len(file[name]) for name in ("opinions", "decisions", "actions")),
            "record": (sealed["phase"], sealed["number"], sealed["log_size"]),
            "told": sorted({message["template"] for message in messages}),
            "letters": [each for some in letters for each in some],
        }
