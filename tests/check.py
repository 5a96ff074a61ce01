"""`make check`: every part of the static checks, also after one has failed; at the end what failed and what repairs it.

python -m tests.check        all parts, two at a time where there are two processors

"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from tests.architecture.guide import PAGE, explain

AT_ONCE = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One target of the Makefile, and what to do when it fails."""

    target: str
    repair: str


PARTS = (  # the slowest first, so that nothing long is left for the end
    Part(target="check-types", repair="correct the lines that mypy names"),
    Part(
        target="check-architecture",
        repair="do what each message says; `make format` writes the table of CONTRIBUTING.md",
    ),
    Part(target="check-imports", repair=f"move the import that import-linter names: {PAGE} says where to"),
    Part(target="check-generated", repair="make format (or `.venv/bin/python -m <the module that complains> --write`)"),
    Part(target="check-lint", repair=f"make format; by hand what ruff cannot repair: {PAGE} says how"),
    Part(target="check-format", repair="make format (or .venv/bin/ruff format .)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a part ended: its exit code, all it said, and the seconds it took."""

    code: int
    text: str
    seconds: float


def main() -> int:
    """The exit code: 0 where every part passed, else 1."""
    return report({part: ["make", part.target] for part in PARTS})


def report(commands: dict[Part, list[str]]) -> int:
    """Run them all and print how each ended; what a part said is printed only when it failed."""
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        started = {pool.submit(_run, command): part for part, command in commands.items()}
        for future in as_completed(started):
            part, outcome = started[future], future.result()
            print(f"{'FAILED' if outcome.code else 'ok':<7} {part.target:<16} {outcome.seconds:5.1f} s", flush=True)
            if outcome.code:
                failed.append(part)
                print(outcome.text.rstrip(), *explain(outcome.text), sep="\n", end="\n\n", flush=True)
    if failed:
        print("\n".join(summary(failed, of=len(commands))), flush=True)
    return 1 if failed else 0


def summary(failed: Sequence[Part], *, of: int) -> list[str]:
    """The lines at the end: each part that failed, and what repairs it."""
    head = f"{len(failed)} of {of} parts failed. What repairs them:"
    return [head, *(f"  {part.target:<16} {part.repair}" for part in failed)]


def _run(command: Sequence[str]) -> Outcome:
    """Our own flags are not the inner make's: it would look for the jobs of the outer one."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    began = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    return Outcome(code=done.returncode, text=text, seconds=time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
