"""Carries out the runbooks on a real local office and writes the report: make runbooks-check (ARGS="--only PasumX").

For each alert: the fault is made, the alert fires in a real Prometheus, the commands of its page look and mend, the
alert ends. The rules are those of deploy/prometheus with shorter times. Exit code 1 if a drill failed.
"""

import argparse
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.alerts.rules import alerts
from tests.alerts.runbooks.drill import Drill
from tests.alerts.runbooks.drills import DRILLS
from tests.alerts.runbooks.faults import discard_letters
from tests.alerts.runbooks.office import Labels, Office
from tests.alerts.runbooks.page import Section, section
from tests.alerts.runbooks.report import REPORT, Outcome, written

FOLDER: Final = Path(".local/runbooks")
FIRE_SECONDS: Final = 150.0
END_SECONDS: Final = 180.0
_AGAIN_SECONDS: Final = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the drills that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.alerts.runbooks.run", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="names of alerts")
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args(arguments)
    chosen = [drill for drill in DRILLS if not options.only or drill.alert in options.only]
    shutil.rmtree(FOLDER, ignore_errors=True)
    outcomes = []
    with Office(FOLDER.absolute()) as office:
        for number, drill in enumerate(chosen, 1):
            _say(f"{number}/{len(chosen)} {drill.alert}: {drill.fault}")
            outcomes.append(_carry_out(office, drill))
            if not options.only:
                options.report.write_text(written(outcomes), encoding="utf-8")
    return 0 if all(each.passed for each in outcomes) else 1


def _carry_out(office: Office, drill: Drill) -> Outcome:
    outcome = Outcome(drill=drill)
    try:
        discard_letters(office)
        office.wait("the last drill is over", lambda: not office.firing(drill.alert), seconds=END_SECONDS)
        with _again(office, drill):
            _mend(office, drill, outcome)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the report tells it and the next drill begins
        outcome.problem = f"{type(error).__name__}: {error}"
        if outcome.made:
            _let_others_help(office, drill, outcome)
    _say(f"    {'ok' if outcome.passed else 'FAILED'} {outcome.problem}")
    return outcome


def _mend(office: Office, drill: Drill, outcome: Outcome) -> None:
    drill.make(office)
    outcome.made = True
    outcome.fired = office.wait(f"{drill.alert} fires", lambda: office.firing(drill.alert), seconds=FIRE_SECONDS)
    firing = office.firing(drill.alert)
    _say(f"    fires after {outcome.fired:.0f} s for {', '.join(sorted({each['job'] for each in firing}))}")
    (link,) = (rule["annotations"]["runbook"] for rule in alerts() if rule["alert"] == drill.alert)
    page = section(link, cause=drill.cause)
    for labels in firing:
        _look(office, drill, labels, page, outcome)
    _let_others_help(office, drill, outcome)
    done: list[Labels] = []

    def over() -> bool:
        """The alert may fire for more services while the first are attended to."""
        firing = office.firing(drill.alert)
        for labels in (each for each in firing if each not in done):
            done.append(labels)
            for variables in drill.variables(office, labels):
                outcome.commands += [_script(office, script, variables) for script in page.do]
        return not firing

    outcome.ended = office.wait(f"{drill.alert} ends", over, seconds=END_SECONDS)
    _say(f"    ends after {outcome.ended:.0f} s")


def _let_others_help(office: Office, drill: Drill, outcome: Outcome) -> None:
    if drill.others and not outcome.helped:
        outcome.helped = True
        drill.others(office)
        _say(f"    {drill.others_do}")


def _look(office: Office, drill: Drill, labels: Labels, page: Section, outcome: Outcome) -> None:
    for variables in drill.variables(office, labels)[:1]:
        outcome.commands += [_script(office, script, variables) for script in page.see]


def _script(office: Office, script: str, variables: Labels) -> str:
    given = " ".join(f"{name}={value}" for name, value in variables.items())
    for line in script.splitlines():
        _say(f"    $ {line}    [{given}]")
    office.shell(script, variables)
    return script


@contextmanager
def _again(office: Office, drill: Drill) -> Iterator[None]:
    """What goes on until the alert has ended."""
    over = threading.Event()

    def act() -> None:
        while drill.meanwhile and not over.wait(_AGAIN_SECONDS):
            with suppress(Exception):  # what is asked may be the part that is broken, or that starts again
                drill.meanwhile(office)

    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=30)


def _say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
