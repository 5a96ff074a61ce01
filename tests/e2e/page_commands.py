"""A page whose commands are run: its ```sh blocks in their order in one shell, and what it shows below them."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHELL = "sh"
PATIENCE_SECONDS = 300.0
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "\x1e"  # between the outputs of two blocks
_ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Step:
    """Commands, and what the page shows of their answer: by kind (`json`, `text`)."""

    commands: str
    shown: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageRun:
    """What the shell said: the output of each step that was begun, and how it ended."""

    exit_code: int
    outputs: tuple[str, ...]
    errors: str


def steps_of(page: str) -> list[Step]:
    """The steps of a page; blocks without a language are for people only."""
    steps: list[Step] = []
    for kind, content in _BLOCK.findall(page):
        if kind == SHELL:
            steps.append(Step(content, ()))
        else:
            steps[-1] = Step(steps[-1].commands, (*steps[-1].shown, (kind, content)))
    return steps


def run_steps(steps: list[Step], *, folder: Path, extra: str = "") -> PageRun:
    """Run the steps in one bash that stops at the first command that fails; `extra` follows as a last step."""
    parts = (*(step.commands for step in steps), extra)
    script = "set -euo pipefail\n" + f"\nprintf '{_MARK}'\n".join(parts)
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 -- the bash of whoever reads the page
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    return PageRun(done.returncode, tuple(done.stdout.split(_MARK)), done.stderr)


def differences(step: Step, output: str) -> Iterator[str]:
    """What the page shows and the output does not have."""
    for kind, shown in step.shown:
        if kind == "json":
            answers = list(values(output))
            if not any(_within(json.loads(shown), answer) for answer in answers):
                yield f"{shown.strip()} is no part of {answers}"
        else:
            missing = [line for line in shown.splitlines() if not _line(line).search(output)]
            yield from (f"{line!r} is missing in {output}" for line in missing)


def values(output: str) -> Iterator[Any]:
    """The JSON documents of an output that begin a line."""
    decoder, at = json.JSONDecoder(), 0
    for match in re.finditer(r"^[{\[]", output, re.MULTILINE):
        if match.start() >= at:
            value, at = decoder.raw_decode(output, match.start())
            yield value


def _within(shown: Any, answer: Any) -> bool:
    """Every member that is shown is there; of a list, its beginning."""
    if isinstance(shown, Mapping):
        return isinstance(answer, Mapping) and all(
            name in answer and _within(value, answer[name]) for name, value in shown.items()
        )
    if isinstance(shown, list):
        return len(answer) >= len(shown) and all(map(_within, shown, answer))
    return bool(shown == answer)


def _line(shown: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in shown.strip().split(_ANYTHING)))
