"""`pasum run`: runs the whole system on this machine until Ctrl-C; a process that ends is started again."""

import signal
import threading
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from deploy.local.people import PEOPLE
from deploy.local.processes import DidNotStart
from deploy.local.stack import StackInUse
from deploy.local.system import System
from pasum.api import ADDRESSES
from shared.contracts import SERVICE_NAMES


def run_until_stopped(folder: Path, console: Console, *, apart: bool, fresh: bool) -> int:
    """Start the system, print its addresses, and wait for SIGINT or SIGTERM; returns the exit code."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    system = System(folder, fresh=fresh, apart=apart, address_file=ADDRESSES)
    try:
        with system:
            system.start(lambda what: console.print(f"· {what}"))
            _announce(system, console)
            while not stopped.wait(1.0):
                _revive(system, console)
            console.print("ກຳລັງຢຸດ · stopping")
    except (DidNotStart, StackInUse) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    return 0


def _announce(system: System, console: Console) -> None:
    for line in announced(system.urls):
        console.print(line, highlight=False, soft_wrap=True)


def announced(urls: Mapping[str, str]) -> list[str]:
    """The lines that are printed when the system is ready."""
    services = [f"  {name:<13} {urls[name]}/openapi.json" for name in SERVICE_NAMES]
    return [
        "ໜ້າເວັບ · the web pages",
        f"  portal        {urls['portal']}/  ({urls['portal']}/en/)",
        "ບໍລິການ · the services, each with the document of its routes (all of them: docs/reference/routes.md)",
        *services,
        "ອ່ານຂໍ້ຄວາມທີ່ສົ່ງອອກ · where to read what was sent",
        f"  SMS           {urls['sms']}/messages",
        f"  e-mail        {urls['mailbox']}/messages",
        f"  news          {urls['minutes']}/v1/news/feed.atom",
        "ເຂົ້າສູ່ລະບົບ · to sign in",
        f"  staff         {urls['portal']}/staff ({', '.join(one.english.lower() for one in PEOPLE)}; no password)",
        f"  issuer        {urls['issuer']}; a token: .venv/bin/pasum token --role organiser --organisation MTC",
        "ບາດກ້າວທຳອິດ · first steps: a whole meeting with curl, docs/howto/first-hour.md",
        f"ພ້ອມແລ້ວ · ready; all addresses, of Kafka, databases and metrics too: .venv/bin/pasum addresses ({ADDRESSES})",
        "Ctrl-C ຢຸດທັງໝົດ · stops everything",
    ]


def _revive(system: System, console: Console) -> None:
    """Start processes again that have ended, as an orchestrator does in production."""
    for name, process in list(system.running.items()):
        if not process.running:
            console.print(f"{name} ended ({process.exit_code}); starting it again", style="yellow")
            system.restart(name)
