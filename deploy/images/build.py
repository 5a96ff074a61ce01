"""`make images`: builds the images of the services and of the operators' command from this checkout.

python -m deploy.images.build [target …]

Their base is BASE, in the build BUILD_BASE where that is given; both must have Python at the same path.
"""

import argparse
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from deploy.images.engine import Engine, EngineRefused, NoEngine, engine
from deploy.images.pinned import pin
from shared.contracts import SERVICE_NAMES

ROOT: Final = Path(__file__).parents[2]
TARGETS: Final = (*SERVICE_NAMES, "pasum")
_DOCKERFILE: Final = "deploy/images/Dockerfile"
_BASES: Final = {"BASE": "python:3.11-slim", "BUILD_BASE": "python:3.11"}  # as the Dockerfile has them
_MEGABYTE: Final = 1_000_000
_NO_BASE: Final = (
    "The base image {image} is neither here nor to be had. Name others: make images BASE=… BUILD_BASE=…; "
    "without a registry of images, docs/reference/images.md says how to make them from Debian packages."
)


@dataclass(frozen=True, slots=True)
class Commit:
    """What is built: the version, the commit with `-dirty` where files differ from it, and its time."""

    version: str
    revision: str
    time: datetime

    @property
    def tag(self) -> str:
        """For example `0.1.0-g1a2b3c4d5e6f`, with `-dirty`."""
        name, _, dirty = self.revision.partition("-")
        return "-".join((self.version, f"g{name[:12]}", *([dirty] if dirty else [])))


def commit() -> Commit:
    """The checkout's; raises `CalledProcessError` outside of a git checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dirty = "-dirty" if _git("status", "--porcelain") else ""
    seconds = int(_git("log", "-1", "--format=%ct"))
    return Commit(project["version"], _git("rev-parse", "HEAD") + dirty, datetime.fromtimestamp(seconds, UTC))


def fetch_bases(on: Engine) -> None:
    """Pull the base images that are not here; raises `EngineRefused`."""
    for image in (os.environ.get(name) or usual for name, usual in _BASES.items()):
        try:
            on.run("image", "inspect", image)
        except EngineRefused:
            _pull(on, image)


def _pull(on: Engine, image: str) -> None:
    try:
        on.show("pull", image)
    except EngineRefused:
        raise EngineRefused(_NO_BASE.format(image=image)) from None


def build(on: Engine, target: str, what: Commit, *, tags: Sequence[str]) -> str:
    """Build one image, with its progress on standard error, and tag it; returns its ID. Raises `EngineRefused`."""
    first, *others = [f"pasum/{target}:{tag}" for tag in (what.tag, *tags)]
    values = {
        "SOURCE_DATE_EPOCH": str(int(what.time.timestamp())),
        "VERSION": what.version,
        "REVISION": what.revision,
        **{name: os.environ[name] for name in ("UV_VERSION", "BASE", "BUILD_BASE") if os.environ.get(name)},
    }
    options = [word for name, value in values.items() for word in ("--build-arg", f"{name}={value}")]
    place = ["--file", _DOCKERFILE, "--target", target, "--tag", first]
    on.show("build", *on.build_options, *options, *place, str(ROOT))
    pin(on, first, moment=what.time)
    for other in others:
        on.run("tag", first, other)
    return on.run("image", "inspect", "--format", "{{.Id}}", first).strip()


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 when all images are there."""
    parser = argparse.ArgumentParser(prog="make images", description="Build the images of this checkout.")
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=[], help="these only (all)")
    parser.add_argument("--tag", action="append", default=[], help="one more tag; may be repeated (dev)")
    chosen = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        with engine() as on:
            _build_all(on, chosen.targets or TARGETS, chosen.tag or ["dev"], console)
    except (NoEngine, EngineRefused) as error:
        console.print(str(error), style="red", highlight=False)
        return 1
    return 0


def _build_all(on: Engine, targets: Sequence[str], tags: Sequence[str], console: Console) -> None:
    what = commit()
    fetch_bases(on)
    for number, target in enumerate(targets, start=1):
        console.rule(f"{number}/{len(targets)} pasum/{target}:{what.tag}")
        begun = time.monotonic()
        identity = build(on, target, what, tags=tags)
        size = int(on.run("image", "inspect", "--format", "{{.Size}}", identity)) / _MEGABYTE
        console.print(f"{identity} · {size:.0f} MB · {time.monotonic() - begun:.0f} s", highlight=False)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 -- the git of whoever builds
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
