"""The images of the pods: from this machine's Docker engine onto the nodes, as there is no registry to pull from."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from deploy.images.engine import Engine, EngineRefused, NoEngine, engine
from deploy.local.packages import KAFKA_VERSION, POSTGRES_VERSION
from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.cluster.failures import CannotStart
from tests.cluster.nodes import PAUSE, Nodes
from tests.cluster.programs import program
from tests.cluster.surroundings import Images

NEXT: Final = "next"
"""The tag of the upgrade: the same content under another name, so that every pod is replaced."""
KAFKA: Final = f"pasum-test/kafka:{KAFKA_VERSION}"
POSTGRES: Final = f"pasum-test/postgres:{POSTGRES_VERSION.removesuffix('.0')}"
_ROOT: Final = Path(__file__).parents[2]
_HUB: Final = "docker.io"


def names(*, tag: str, registry: str) -> Images:
    """The images with this tag; `registry` stands before the names, if it is given."""
    prefix = f"{registry}/" if registry else ""
    return Images(kafka=prefix + KAFKA, postgres=prefix + POSTGRES, pasum=f"{prefix}pasum/pasum:{tag}")


def build(folder: Path, tag: str) -> dict[str, Any]:
    """Build what the engine does not have, and save all into `folder`; returns the sizes in MB."""
    try:
        with engine() as on:
            _make_pause(on, folder)
            ours = [f"pasum/{name}:{tag}" for name in (*SERVICE_NAMES, *WEB_NAMES, "pasum")]
            if missing := [name for name in ours if not _has(on, name)]:
                _run(["make", "images", f"ARGS=--tag {tag}"], why=missing)
            if missing := [name for name in (KAFKA, POSTGRES) if not _has(on, name)]:
                _run(["sh", "tests/containers/build.sh"], why=missing)
            all_ = (*ours, KAFKA, POSTGRES, PAUSE)
            on.run("save", "--output", str(folder / "images.tar"), *all_)
            return {name: f"{_megabytes(on, name)} MB" for name in all_}
    except (NoEngine, EngineRefused) as error:
        raise CannotStart(str(error)) from error


def distribute(nodes: Nodes, folder: Path, tag: str) -> None:
    """Import the saved images on all nodes, and give the upgrade's its names."""
    archive = str(folder / "images.tar")
    with ThreadPoolExecutor(len(nodes.all)) as pool:
        list(pool.map(lambda node: nodes.ctr(node, "images", "import", archive), nodes.all))
    for node in nodes.all:
        for service in (*SERVICE_NAMES, *WEB_NAMES):
            old, new = (f"{_HUB}/pasum/{service}:{each}" for each in (tag, NEXT))
            nodes.ctr(node, "images", "tag", old, new)
    Path(archive).unlink()


def _make_pause(on: Engine, folder: Path) -> None:
    context = folder / "pause"
    context.mkdir(parents=True, exist_ok=True)
    (context / "pause").write_bytes(program("pause").read_bytes())
    (context / "pause").chmod(0o755)
    lines = ("FROM scratch", "COPY pause /pause", "USER 65534", 'ENTRYPOINT ["/pause"]', "")
    (context / "Dockerfile").write_text("\n".join(lines), encoding="ascii")
    on.run("build", "--tag", PAUSE, str(context))


def _megabytes(on: Engine, name: str) -> int:
    return round(int(on.run("image", "inspect", "--format={{.Size}}", name)) / 1e6)


def _has(on: Engine, name: str) -> bool:
    try:
        on.run("image", "inspect", "--format={{.Id}}", name)
    except EngineRefused:
        return False
    return True


def _run(argv: Sequence[str], *, why: Sequence[str]) -> None:
    done = subprocess.run(argv, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{', '.join(why)} cannot be made: {' '.join(argv)}: {(done.stdout + done.stderr)[-1500:]}")
