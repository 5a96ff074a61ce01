"""What an image is built from: a checkout, its version, its commit and the time of that."""

import subprocess
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """`revision` is the commit, with `-dirty` where files differ from it."""

    root: Path
    version: str
    revision: str
    time: datetime

    @property
    def tag(self) -> str:
        """For example `0.1.0-g1a2b3c4d5e6f`, with `-dirty`."""
        name, _, dirty = self.revision.partition("-")
        return "-".join((self.version, f"g{name[:12]}", *([dirty] if dirty else [])))

    @property
    def clean(self) -> bool:
        """Whether all files are as the commit has them."""
        return "-" not in self.revision


def checkout(root: Path = ROOT) -> Checkout:
    """The checkout in `root`; raises `CalledProcessError` where there is none."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dirty = "-dirty" if _git(root, "status", "--porcelain") else ""
    seconds = int(_git(root, "log", "-1", "--format=%ct"))
    return Checkout(
        root=root,
        version=project["version"],
        revision=_git(root, "rev-parse", "HEAD") + dirty,
        time=datetime.fromtimestamp(seconds, UTC),
    )


def _git(root: Path, *arguments: str) -> str:
    command = ["git", *arguments]  # the git of whoever builds
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()
