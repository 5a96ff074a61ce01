"""`make images`: builds the images of the services and of the operators' command from this checkout.

python -m deploy.images.build [target …] [--tag dev]

Their base is BASE, in the build BUILD_BASE where that is given; both must have Python at the same path.
Each image comes with the list of its libraries and their licences.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from rich.console import Console

from deploy.images import sbom
from deploy.images.checkout import Checkout, checkout
from deploy.images.engine import Engine, EngineRefused, NoEngine, engine
from deploy.images.pinned import pin
from shared.contracts import SERVICE_NAMES, WEB_NAMES

TARGETS: Final = (*SERVICE_NAMES, *WEB_NAMES, "pasum")
_DOCKERFILE: Final = "deploy/images/Dockerfile"
_BASES: Final = {"BASE": "python:3.11-slim", "BUILD_BASE": "python:3.11"}  # as the Dockerfile has them
_MEGABYTE: Final = 1_000_000
_NO_BASE: Final = (
    "The base image {image} is neither here nor to be had. Name others: make images BASE=… BUILD_BASE=…; "
    "without a registry of images, docs/reference/images.md says how to make them from Debian packages."
)


def fetch_bases(on: Engine) -> None:
    """Pull the base images that are not here; raises `EngineRefused`."""
    for name, usual in _BASES.items():
        image = os.environ.get(name) or usual
        try:
            on.run("image", "inspect", image)
        except EngineRefused:
            _pull(on, image)


def build(on: Engine, target: str, what: Checkout, *, tags: Sequence[str], anew: bool = False) -> str:
    """Build one image, with its progress on standard error, and tag it; returns its ID. Raises `EngineRefused`.

    With `anew`, nothing of an earlier build is used.
    """
    first, *others = [f"pasum/{target}:{tag}" for tag in tags]
    values = {
        "SOURCE_DATE_EPOCH": str(int(what.time.timestamp())),
        "VERSION": what.version,
        "REVISION": what.revision,
        **{name: os.environ[name] for name in ("UV_VERSION", *_BASES) if os.environ.get(name)},
    }
    options = [*on.build_options, *(["--no-cache"] if anew else [])]
    options += [word for name, value in values.items() for word in ("--build-arg", f"{name}={value}")]
    place = ["--file", str(what.root / _DOCKERFILE), "--target", target, "--tag", first]
    on.show("build", *options, *place, str(what.root))
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
            fetch_bases(on)
            _build_all(on, chosen.targets or TARGETS, chosen.tag or ["dev"], console)
    except (NoEngine, EngineRefused, sbom.LicenceForbidden, sbom.ListFailed) as error:
        console.print(str(error), style="red", highlight=False, soft_wrap=True)
        return 1
    return 0


def _build_all(on: Engine, targets: Sequence[str], tags: Sequence[str], console: Console) -> None:
    what = checkout()
    for number, target in enumerate(targets, start=1):
        console.rule(f"{number}/{len(targets)} pasum/{target}:{what.tag}")
        begun = time.monotonic()
        identity = build(on, target, what, tags=[what.tag, *tags])
        listed = sbom.write(on, identity, what, target)
        size = int(on.run("image", "inspect", "--format", "{{.Size}}", identity)) / _MEGABYTE
        seconds = time.monotonic() - begun
        shown = f"{size:.0f} MB · {seconds:.0f} s · libraries and licences: {listed.relative_to(what.root)}"
        console.print(f"{identity}\n{shown}", highlight=False, soft_wrap=True)


def _pull(on: Engine, image: str) -> None:
    try:
        on.show("pull", image)
    except EngineRefused:
        raise EngineRefused(_NO_BASE.format(image=image)) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
