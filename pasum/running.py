"""`pasum run`: the whole system on this machine until Ctrl-C; a part that ends is started again."""

import signal
import threading
from pathlib import Path

from rich.console import Console

from deploy.local.processes import DidNotStart
from deploy.local.stack import StackInUse
from deploy.local.system import System
from pasum.api import ADDRESSES


def run_until_stopped(folder: Path, console: Console, *, apart: bool, fresh: bool) -> int:
    """Start, say where everything is, wait; returns the exit code."""
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
    for name, url in system.urls.items():
        console.print(f"  {name:<13} {url}", highlight=False)
    console.print(f"ພ້ອມແລ້ວ · ready; addresses in {ADDRESSES}; Ctrl-C stops everything")


def _revive(system: System, console: Console) -> None:
    """What an orchestrator does in production: start again what has ended."""
    for name, process in list(system.running.items()):
        if not process.running:
            console.print(f"{name} ended ({process.exit_code}); starting it again", style="yellow")
            system.restart(name)
