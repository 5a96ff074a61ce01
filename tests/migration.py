"""Writes the next migration of a service: what its tables have and its migrations do not make yet.

python -m tests.migration minutes "who has proofread"      beside the others, to be read before it is committed
python -m tests.migration kernel "name of the step"        for the kernel's own tables

"""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Final

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from deploy.local import postgres
from deploy.local.processes import Processes
from shared.contracts import SERVICE_NAMES
from shared.migrations import KERNEL, configuration, upgrade

ROOT: Final = Path(__file__).parents[1]
USAGE: Final = f'make migration SERVICE=<{"|".join((*SERVICE_NAMES, "kernel"))}> NAME="what it changes"'


def write(folder: Path, dsn: str, metadata: MetaData, name: str) -> Path:
    """Write the next file of `folder/versions`, comparing `metadata` with the database at `dsn`, which must be empty.

    Without a difference the file has no statements: a change of rows is written into it by hand.
    """
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    upgrade(folder, dsn)
    config = configuration(folder, dsn, metadata)
    steps = [int(step.revision) for step in ScriptDirectory.from_config(config).walk_revisions()]
    command.revision(config, name, autogenerate=True, rev_id=f"{max(steps, default=0) + 1:04}")
    (written,) = (folder / "versions").glob(f"{max(steps, default=0) + 1:04}_*.py")
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), encoding="utf-8")
    for action in (["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *action, "--quiet", written], cwd=ROOT, check=False)
    return written


def wanted(service: str) -> tuple[Path, MetaData]:
    """Where the migrations of a service are, and the schema that they are to lead to."""
    if service == "kernel":
        tables: MetaData = import_module("shared.tables").METADATA
        return KERNEL, tables
    found: MetaData = import_module(f"services.{service}.tables").METADATA
    return ROOT / "services" / service / "migrations", found


def main() -> int:
    """The command line; a PostgreSQL of its own runs meanwhile."""
    service, name = "".join(sys.argv[1:2]), " ".join(sys.argv[2:]).strip()
    if service not in {*SERVICE_NAMES, "kernel"} or not name:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    folder, metadata = wanted(service)
    with tempfile.TemporaryDirectory(prefix="pasum-migration-") as place, Processes(Path(place)) as processes:
        Path(place).chmod(0o711)  # PostgreSQL runs as somebody else when we are root
        server = postgres.Postgres(processes, Path(place) / "postgres", password=token_hex(), durable=False)
        server.start()
        written = write(folder, server.dsn(), metadata, name)
        server.stop()
        postgres.remove(Path(place) / "postgres")
    sys.stdout.write(f"{written.relative_to(ROOT)} is written: read it, and let it take nothing away that is needed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
