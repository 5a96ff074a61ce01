"""`make images-check`: builds the images twice, looks into them, and starts them; writes `.local/images/report.json`.

The second time they are built from a clone of the commit in another folder, with nothing of the first build.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from deploy.images import sbom
from deploy.images.build import TARGETS, build, fetch_bases
from deploy.images.checkout import Checkout, checkout
from deploy.images.engine import Engine, EngineRefused, NoEngine, engine
from deploy.local.system import System
from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.images.running import everything_loads, minutes_in_pdf, seconds_until_ready

STARTS: Final = 3
MOST_BYTES: Final = 150_000_000
MOST_SECONDS: Final = 3.0
_UID: Final = 10001


class Differs(RuntimeError):
    """Two builds of one commit are not the same."""


def main() -> int:
    """The exit code: 0 where everything is as it must be; figures above their goal are told, and are no failure."""
    console = Console(stderr=True)
    what = checkout()
    if not what.clean:
        console.print("Images are compared with those of the commit: commit your changes first.", style="red")
        return 1
    try:
        with engine() as on:
            fetch_bases(on)
            report = checked(on, what, console)
    except (NoEngine, EngineRefused, Differs, sbom.LicenceForbidden, sbom.ListFailed) as error:
        console.print(str(error), style="red", highlight=False, soft_wrap=True)
        return 1
    file = what.root / sbom.FOLDER / "report.json"
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(json.dumps(report["images"], indent=2), highlight=False)
    return 0


def checked(on: Engine, what: Checkout, console: Console) -> dict[str, Any]:
    """What was found of each image; raises what `main` tells."""
    images = {target: f"pasum/{target}:{what.tag}" for target in TARGETS}
    ids = {target: build(on, target, what, tags=[what.tag, "dev"]) for target in TARGETS}
    found: dict[str, dict[str, Any]] = {target: {"id": ids[target]} for target in TARGETS}
    for target, image in images.items():
        console.rule(f"what is in {image}")
        found[target] |= sizes(on, image)
        listed = json.loads(sbom.write(on, image, what, target).read_text(encoding="utf-8"))
        found[target]["libraries"] = len(listed["components"])
        everything_loads(on, image, [f"services.{target}"] if target in (*SERVICE_NAMES, *WEB_NAMES) else [])
    (what.root / sbom.FOLDER / "minutes.pdf").write_bytes(minutes_in_pdf(on, images["minutes"]))
    console.rule("starts")
    for service, seconds in starts(on, images).items():
        found[service]["ready_seconds"] = seconds
    console.rule("the same images again, from a clone")
    same(on, what, ids)
    return {
        "revision": what.revision,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": round(os.getloadavg()[0], 1),
        "goals": {"bytes_above_base": MOST_BYTES, "ready_seconds": MOST_SECONDS},
        "images": found,
    }


def sizes(on: Engine, image: str) -> dict[str, int]:
    """Bytes that the image has above its base, unpacked."""
    base = os.environ.get("BASE") or "python:3.11-slim"
    unpacked, below = (int(on.run("image", "inspect", "--format", "{{.Size}}", each)) for each in (image, base))
    return {"bytes_above_base": unpacked - below}


def starts(on: Engine, images: dict[str, str]) -> dict[str, list[float]]:
    """Seconds until each service was ready, several times; its schema is there, nothing else of it runs."""
    with _system() as system:
        return {
            service: [round(seconds_until_ready(on, images[service], system, service), 2) for _ in range(STARTS)]
            for service in (*SERVICE_NAMES, *WEB_NAMES)
        }


@contextmanager
def _system() -> Iterator[System]:
    """A system whose services were migrated and stopped; the user of the images may read and write its files."""
    with tempfile.TemporaryDirectory(prefix="pasum-images-") as folder, System(Path(folder)) as system:
        system.start()
        for service in SERVICE_NAMES:
            system.running.pop(service).stop()
        Path(folder).chmod(0o755)
        for part in ("secrets", "data"):
            for path in (Path(folder, part), *Path(folder, part).rglob("*")):
                shutil.chown(path, _UID, _UID)
        yield system


def same(on: Engine, what: Checkout, ids: dict[str, str]) -> None:
    """Build from a clone, with nothing of the first build; raises `Differs`."""
    with tempfile.TemporaryDirectory(prefix="pasum-clone-") as folder:
        for command in (
            ["clone", "--quiet", str(what.root), folder],
            ["-C", folder, "checkout", "--quiet", what.revision],
        ):
            subprocess.run(["git", *command], check=True)  # noqa: S607 -- the git of whoever asks
        again = {target: build(on, target, checkout(Path(folder)), tags=["again"], anew=True) for target in TARGETS}
    if differing := [target for target in TARGETS if again[target] != ids[target]]:
        raise Differs(f"built twice, two images: {', '.join(differing)}")


if __name__ == "__main__":
    sys.exit(main())
